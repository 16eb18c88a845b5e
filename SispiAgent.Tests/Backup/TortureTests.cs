using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using SispiAgent.Cli;
using SispiAgent.Demo;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Restore;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class TortureTests
{
    private const string Database = "decam_prd";

    /// <summary>What the comparison has to notice: a statement, and a word of the line that it leads to.</summary>
    private static readonly (string Statement, string Word)[] Changes =
    [
        ("COMMENT ON COLUMN other.plain.name IS NULL", "missing: comment: view column other.plain.name"),
        ("ALTER TABLE other.parent ALTER a SET DEFAULT 2", "surplus: column: other.parent 1 a integer"),
        ("DELETE FROM other.zero WHERE ctid = '(0,1)'", "surplus: rows: other.zero 2"),
        ("ALTER TABLE other.texts DISABLE TRIGGER USER; UPDATE other.texts SET t = ' ' WHERE n = 1", "surplus: rows: other.texts"),
        ("SELECT nextval('other.huge_too')", "surplus: value: other.huge_too"),
        ("REVOKE SELECT (a) ON other.stored FROM PUBLIC", "missing: column: other.stored 1 a"),
        ("ALTER FUNCTION only_functions.is_even(int) COST 7", "surplus: function: only_functions.is_even"),
        ("ALTER TABLE other.exotic ENABLE TRIGGER always", "missing: trigger: CREATE TRIGGER always"),
        ("REFRESH MATERIALIZED VIEW other.unpopulated", "surplus: rows: other.unpopulated"),
        ("SELECT lo_put(4000001, 0, 'x')", "surplus: large object: 4000001"),
        ("ALTER POLICY adds ON other.guarded WITH CHECK (a > 1)", "surplus: policy: other.guarded"),
        ("DROP EVENT TRIGGER off", "missing: event trigger"),
    ];

    [Test]
    public async Task The_comparison_finds_each_planted_difference()
    {
        await using var one = await LoadAsync();
        await one.ExecuteAsync("CREATE SEQUENCE other.huge_too", Database);
        await one.StopAsync();
        await using var other = await one.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        await one.StartAsync(default);
        await other.StartAsync(default);
        Assert.That(await DatabaseComparison.DifferencesAsync(one, other, Database), Is.Empty);

        foreach (var (statement, _) in Changes)
            await other.ExecuteAsync(statement, Database);

        var found = await DatabaseComparison.DifferencesAsync(one, other, Database);
        foreach (var (statement, word) in Changes)
            Assert.That(found, Has.Some.StartsWith(word), statement);
    }

    [Test]
    public async Task A_set_of_everything_that_PostgreSQL_allows_is_restored_by_its_guide_without_a_difference()
    {
        await using var site = await BackupSite.StartAsync();
        await FillAsync(site.Server);
        var set = (await site.RunAsync()).Set;

        await using var empty = await PostgresServers.StartPrimaryAsync();
        await GuideShell.RunAsync(set, empty);

        var differences = new List<string>();
        foreach (var database in set.Manifest.Databases)
            differences.AddRange((await DatabaseComparison.DifferencesAsync(site.Server, empty, database.Name)).Where(line => !IsReordered(line)).Select(line => $"{database.Name}: {line}"));
        Assert.That(string.Join('\n', differences), Is.Empty);
    }

    [Test]
    public async Task The_agent_restores_the_same_set_and_finds_nothing_other_than_its_manifest_says()
    {
        await using var site = await BackupSite.StartAsync();
        await FillAsync(site.Server);
        var set = (await site.RunAsync()).Set;
        await using var empty = await PostgresServers.StartPrimaryAsync();
        using var host = site.Open();

        var outcome = await host.Get<Restorer>().RunAsync(set, new RestoreRequest(set.Folder, null), new(empty.ConnectionString("postgres")), new Progress<RestoreProgress>(), default);

        Assert.That(string.Join('\n', outcome.Problems), Is.Empty);
        Assert.That((await DatabaseComparison.DifferencesAsync(site.Server, empty, Database)).Where(line => !IsReordered(line)), Is.Empty);
    }

    [Test]
    public async Task Names_in_the_guide_are_understood_by_a_database_of_another_encoding()
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["latin"] = new JsonObject() } });
        await site.Server.ExecuteAsync("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
        await site.Server.ExecuteAsync("CREATE SCHEMA \"señal\"; CREATE TABLE \"señal\".\"año\" AS SELECT 'ñ'::text AS \"é\"; CREATE MATERIALIZED VIEW \"señal\".\"vü\" AS SELECT * FROM \"señal\".\"año\"", "latin");
        var set = (await site.RunAsync()).Set;
        await using var empty = await PostgresServers.StartPrimaryAsync();

        await GuideShell.RunAsync(set, empty);

        Assert.That(await DatabaseComparison.DifferencesAsync(site.Server, empty, "latin"), Is.Empty);
    }

    /// <summary>pg_dump puts columns that were inherited later where the parent has them; it names columns, so each has its own values.</summary>
    private static bool IsReordered(string line) => line.Contains(" column: other.later_child ", StringComparison.Ordinal);

    private static async Task<ScratchServer> LoadAsync()
    {
        var server = await PostgresServers.StartPrimaryAsync();
        await FillAsync(server);
        return server;
    }

    private static async Task FillAsync(ScratchServer server)
    {
        await SampleDatabase.LoadAsync(server, default);
        await using (var connection = await server.OpenAsync("postgres", default))
        {
            Requires.That(connection.PostgreSqlVersion.Major >= 15, "PostgreSQL 15 or newer");
        }

        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Torture.sql")!;
        using var reader = new StreamReader(stream);
        await ToolRunner.RunToSuccessAsync(new ToolCommand(server.Installation.Program("psql"), ["-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", Database])
        {
            Input = await reader.ReadToEndAsync(),
            Timeout = TimeSpan.FromMinutes(5),
            Environment = new Dictionary<string, string?> { ["PGHOST"] = server.SocketDirectory, ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = "postgres" },
        }, default);
    }
}
