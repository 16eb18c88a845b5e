using System.Globalization;
using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.Cli;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Restore;
using SispiAgent.Tests.Backup;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

/// <summary>A set of a server that has an extension and a locale, brought to servers that have them and to others.</summary>
[Category("Postgres")]
internal sealed class LackingServerTests
{
    private const string Extension = "extension sispi_torture 1.0, which database lab needs, is not installed here";
    private const string Collation = $"a database of encoding UTF8 with collation {ExtendedPostgres.Locale} and character type {ExtendedPostgres.Locale} can't be made here (is the locale installed?): far";

    [Test]
    public async Task What_a_server_lacks_is_named_before_anything_is_made_and_one_that_has_it_gets_everything()
    {
        using var folder = new TempFolder();
        var extended = ExtendedPostgres.Install(folder.Folder);
        await using var site = await BackupSite.StartAsync(extended, new JsonObject { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["lab"] = new JsonObject() } });
        await FillAsync(site.Server);
        var set = (await site.RunAsync()).Set;
        await using var plain = await PostgresServers.StartPrimaryAsync();

        await RefuseAsync(site, plain, [Extension, Collation]);
        await RefuseAsync(site, plain, [Extension], "--database", "lab", "--roles");
        await RefuseAsync(site, plain, [Collation], "--database", "far", "--as", "near", "--roles");

        var drilled = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(drilled.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(drilled.ErrorTail, Does.StartWith($"{set.Id} can't be restored on this host; nothing is known against the set.").And.Contain(Extension).And.Contain(Collation));
        Assert.That(Told(site), Does.Contain(DrillJudge.Cannot.Value).And.Not.Contain(DrillJudge.Failed.Value));

        await using var equal = await PostgresServers.StartPrimaryAsync(extended);
        var restored = await RestoreAsync(site, equal);
        Assert.That(restored.ExitCode, Is.EqualTo(ExitCode.Done), restored.ErrorTail);
        foreach (var database in new[] { "lab", "far" })
            Assert.That(await DatabaseComparison.DifferencesAsync(site.Server, equal, database), Is.Empty);
        Assert.That(await Sets.TextAsync(equal, "postgres", "SELECT datcollate FROM pg_database WHERE datname = 'far'"), Is.EqualTo(ExtendedPostgres.Locale));

        site.Edit(root => root["Postgres"]!["BinDirectory"] = extended.BinDirectory);
        var again = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(again.ExitCode, Is.EqualTo(ExitCode.Done), again.ErrorTail);
        Assert.That(Told(site), Is.Empty);
    }

    [Test]
    public async Task Collations_that_a_server_lacks_are_named_before_anything_is_made()
    {
        using var folder = new TempFolder();
        var extended = ExtendedPostgres.Install(folder.Folder);
        await using var site = await BackupSite.StartAsync(extended, new JsonObject { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["lab"] = new JsonObject() } });
        foreach (var database in new[] { "lab", "plain" })
            await site.Server.ExecuteAsync($"CREATE DATABASE {database}");
        await site.Server.ExecuteAsync($"""
            CREATE SCHEMA own; CREATE COLLATION own.mine (LOCALE = '{ExtendedPostgres.Locale}'); CREATE COLLATION own."of ICU" (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
            CREATE DOMAIN own.word AS text COLLATE "{ExtendedPostgres.Locale}"; CREATE TABLE own.words (w own.word, m text COLLATE own.mine, i text COLLATE own."of ICU", d text COLLATE "de-x-icu");
            INSERT INTO own.words SELECT 'w' || i, 'm' || i, 'i' || i, 'd' || i FROM generate_series(1, 100) i
            """, "lab");
        await site.Server.ExecuteAsync($"CREATE TABLE public.indexed (a text COLLATE \"C\"); CREATE INDEX ON public.indexed (a COLLATE \"{ExtendedPostgres.Locale}\")", "plain");
        await site.Server.ExecuteAsync($"CREATE VIEW public.sorted AS SELECT datname::text COLLATE \"{ExtendedPostgres.Locale}\" AS a FROM pg_database");
        var set = (await site.RunAsync()).Set;
        const string Mine = $"collation own.mine (libc {ExtendedPostgres.Locale}), which database lab needs, can't be made here: ";
        const string System = $"collation pg_catalog.\"{ExtendedPostgres.Locale}\" (libc {ExtendedPostgres.Locale}), which ";
        await using var lacking = await PostgresServers.StartPrimaryAsync();

        var names = await NamesAsync(lacking);
        var refused = await RestoreAsync(site, lacking);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(refused.ErrorTail, Does.Contain("The set can't be restored here: ").And.Contain(Mine).And.Contain($"{System}databases ").And.Not.Contain("ICU").And.Not.Contain("icu"));
        foreach (var database in new[] { "lab", "plain", "postgres" })
            Assert.That((await RestoreAsync(site, lacking, "--database", database, "--roles")).ErrorTail, Does.Contain($"{System}database {database} needs, is none of this server's"));
        Assert.That(await NamesAsync(lacking), Is.EqualTo(names), "nothing is left of the try");
        var drilled = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(drilled.ErrorTail, Does.StartWith($"{set.Id} can't be restored on this host; nothing is known against the set.").And.Contain(Mine).And.Contain(System));
        Assert.That(Told(site), Does.Contain(DrillJudge.Cannot.Value).And.Not.Contain(DrillJudge.Failed.Value));
        var guide = await File.ReadAllTextAsync(Path.Combine(set.Folder, "RESTORE.md"));
        Assert.That(guide, Does.Contain($"- the locale `{ExtendedPostgres.Locale}` (lab)").And.Contain($"- the system's collation `{ExtendedPostgres.Locale}`: ").And.Contain("- collations by `icu und-u-ks-level2` (lab)"));

        await using var equal = await PostgresServers.StartPrimaryAsync(extended);
        var restored = await RestoreAsync(site, equal);
        Assert.That(restored.ExitCode, Is.EqualTo(ExitCode.Done), restored.ErrorTail);
        foreach (var database in new[] { "lab", "plain" })
            Assert.That(await DatabaseComparison.DifferencesAsync(site.Server, equal, database), Is.Empty);
        site.Edit(root => root["Postgres"]!["BinDirectory"] = extended.BinDirectory);
        var again = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(again.ExitCode, Is.EqualTo(ExitCode.Done), again.ErrorTail);
    }

    [Test]
    public async Task An_extension_that_would_come_older_than_the_set_has_it_is_named_and_a_newer_one_is_taken()
    {
        using var folders = new TempFolder();
        var (older, newer) = (ExtendedPostgres.Install(folders["older"]), ExtendedPostgres.Install(folders["newer"]));
        ExtendedPostgres.AddNewerExtension(folders["newer"], newer);
        await using var site = await BackupSite.StartAsync(newer, new JsonObject { ["CopyRequired"] = false });
        await site.Server.ExecuteAsync("CREATE DATABASE late");
        await site.Server.ExecuteAsync("CREATE SCHEMA s; CREATE EXTENSION sispi_torture SCHEMA s; CREATE VIEW public.uses AS SELECT s.newer() AS a", "late");
        await site.RunAsync();
        await using var behind = await PostgresServers.StartPrimaryAsync(older);
        await RefuseAsync(site, behind, ["extension sispi_torture 1.1, which database late needs, would come as the older 1.0 here"]);

        await site.Server.ExecuteAsync("DROP DATABASE late");
        await site.Server.ExecuteAsync("CREATE DATABASE early");
        await site.Server.ExecuteAsync("CREATE SCHEMA s; CREATE EXTENSION sispi_torture SCHEMA s VERSION '1.0'", "early");
        await Eventually.TrueAsync(() => SispiAgent.BackupSets.SetName.For(TimeProvider.System.GetUtcNow()) != site.Catalog()[0].Manifest.Name, "new second");
        await site.RunAsync();
        await using var ahead = await PostgresServers.StartPrimaryAsync(newer);
        var restored = await RestoreAsync(site, ahead);
        Assert.That(restored.ExitCode, Is.EqualTo(ExitCode.Done), restored.ErrorTail);
        Assert.That(await Sets.TextAsync(ahead, "early", "SELECT extversion FROM pg_extension WHERE extname = 'sispi_torture'"), Is.EqualTo("1.1"));
        Assert.That(restored.Output, Does.Contain("sispi_torture"), "the comparison says that it is another version");
    }

    private static Task<string> NamesAsync(ScratchServer server) =>
        Sets.TextAsync(server, "postgres", "SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT datname::text AS name FROM pg_database UNION ALL SELECT rolname::text FROM pg_roles UNION ALL SELECT nspname::text FROM pg_namespace) AS names");

    private static async Task FillAsync(ScratchServer server)
    {
        await server.ExecuteAsync("CREATE ROLE keeper");
        await server.ExecuteAsync("CREATE DATABASE lab OWNER keeper");
        await server.ExecuteAsync($"CREATE DATABASE far TEMPLATE template0 LC_COLLATE '{ExtendedPostgres.Locale}' LC_CTYPE '{ExtendedPostgres.Locale}'");
        await server.ExecuteAsync("CREATE TABLE words (w text PRIMARY KEY); INSERT INTO words SELECT 'word ' || i FROM generate_series(1, 1000) i", "far");
        await server.ExecuteAsync("""
            CREATE SCHEMA settings; CREATE EXTENSION sispi_torture SCHEMA settings; INSERT INTO settings.all_settings VALUES ('mine', '1');
            CREATE SCHEMA apart; CREATE TABLE apart.uses (name text REFERENCES settings.all_settings (name)); INSERT INTO apart.uses VALUES ('mine');
            """, "lab");
    }

    private static async Task RefuseAsync(BackupSite site, ScratchServer server, string[] lacks, params string[] what)
    {
        const string Everything = "SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT datname::text AS name FROM pg_database UNION ALL SELECT rolname::text FROM pg_roles) AS names";
        var before = await Sets.TextAsync(server, "postgres", Everything);
        var refused = await RestoreAsync(site, server, what);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(refused.ErrorTail, Does.Contain($"The set can't be restored here: {string.Join("; ", lacks)}.").And.Contain("Install what is missing on that server's host"));
        Assert.That(await Sets.TextAsync(server, "postgres", Everything), Is.EqualTo(before));
        Assert.That((await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile())).ErrorTail, Does.Contain("No restore that could go on"));
    }

    private static Task<ToolResult> RestoreAsync(BackupSite site, ScratchServer server, params string[] what) =>
        AgentProgram.RunAsync(["restore", "--config", site.ConfigurationFile(), "--host", server.SocketDirectory, "--port", server.Port.ToString(CultureInfo.InvariantCulture), .. what]);

    private static string[] Told(BackupSite site)
    {
        using var host = site.Open();
        return [.. host.Get<AlertBook>().ReadTold().Select(alert => alert.Finding.Code.Value)];
    }
}
