using System.Globalization;
using System.Text.Json.Nodes;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Backup;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

/// <summary>Servers of other versions: dumped and restored by the machine's own programs, compared by pg_dump's text.</summary>
[Category("Postgres")]
internal sealed class VersionRestoreTests
{
    private static readonly JsonObject Divided = new() { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["decam_prd"] = new JsonObject() } };

    [TestCase(10)]
    [TestCase(12)]
    [TestCase(14)]
    public async Task A_set_comes_back_whole_under_another_name_and_beside_into_a_server_of_its_version(int major)
    {
        await using var site = await StartAsync(major);
        await using var empty = await PostgresServers.StartPrimaryAsync(Versions.Require(major));

        await RestoreAsync(site, empty);
        await RestoreAsync(site, empty, "--database", "decam_prd", "--as", "decam_then");
        var expected = await TextAsync(site.Server, "decam_prd");
        Assert.That(expected, Has.Length.GreaterThan(1000));
        Assert.That(await TextAsync(empty, "decam_then"), Is.EqualTo(expected));
        await AssertEqualAsync(site.Server, empty);

        await empty.ExecuteAsync("BEGIN READ WRITE; TRUNCATE exposure.exposure CASCADE; COMMIT", "decam_prd");
        await RestoreAsync(site, empty, "--database", "decam_prd", "--table", "exposure.exposure", "--beside");
        var beside = await Sets.TextAsync(empty, "decam_prd", "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'restored_%'");
        Assert.That(await RowsAsync(empty, $"{beside}.exposure"), Is.EqualTo(await RowsAsync(site.Server, "exposure.exposure")));
        Assert.That(await RowsAsync(empty, "exposure.exposure"), Does.StartWith("0 "));
    }

    [TestCase(10)]
    [TestCase(14)]
    public async Task A_set_is_drilled_by_a_server_of_its_version(int major)
    {
        await using var site = await StartAsync(major);
        using var programs = new TempFolder();
        foreach (var program in Directory.EnumerateFiles(Versions.Require(major).BinDirectory))
            File.CreateSymbolicLink(programs[Path.GetFileName(program)], program);
        foreach (var client in new[] { "pg_dump", "pg_dumpall", "pg_restore", "psql", "vacuumdb" })
            File.CreateSymbolicLink(programs[client], Requires.Postgres().Program(client));
        site.Edit(root => root["Postgres"]!["BinDirectory"] = programs.Folder);

        File.WriteAllText(programs["createdb"], "nobody may run this");
        var lacking = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(lacking.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(lacking.ErrorTail, Does.Contain("can't be restored on this host; nothing is known against the set.").And.Contain($"{programs["createdb"]} could not be started"));

        File.Delete(programs["createdb"]);
        File.CreateSymbolicLink(programs["createdb"], Requires.Postgres().Program("createdb"));
        var drilled = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(drilled.ExitCode, Is.EqualTo(ExitCode.Done), drilled.Output + drilled.ErrorTail);
        using var host = site.Open();
        var last = host.Get<DrillBook>().Last()!;
        Assert.That((last.Verdict, last.Set), Is.EqualTo((DrillVerdict.Passed, site.Catalog()[0].Id)));
        Assert.That(last.Digests, Is.GreaterThan(5));
    }

    [Test]
    public async Task A_set_comes_back_into_a_newer_server_if_the_programs_here_know_it()
    {
        await using var site = await StartAsync(12);
        var known = Requires.Postgres();
        await using var newer = await PostgresServers.StartPrimaryAsync(known);
        await RestoreAsync(site, newer);
        await AssertEqualAsync(site.Server, newer, "-a");
        Assert.That(await PropertiesAsync(newer), Is.EqualTo(await PropertiesAsync(site.Server)));

        await using var unknown = await PostgresServers.StartPrimaryAsync(Versions.Require(known.Major + 1));
        var refused = await RunAsync(site, unknown);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(refused.ErrorTail, Does.Contain($"No pg_restore here fits this set and a server of PostgreSQL {known.Major + 1}: it takes the client programs of PostgreSQL {known.Major + 1}").And.Contain($"; there is {known.Major}.").And.Contain($"Install the client programs of PostgreSQL {known.Major + 1}"));
        Assert.That(await Sets.TextAsync(unknown, "postgres", "SELECT count(*) FROM pg_database WHERE NOT datistemplate"), Is.EqualTo("1"));

        // the guide is for a server of its own version too
        await using var equal = await PostgresServers.StartPrimaryAsync(Versions.Require(12));
        await GuideShell.RunAsync(site.Catalog()[0], equal);
        await AssertEqualAsync(site.Server, equal);

        // and never backwards
        await using var older = await PostgresServers.StartPrimaryAsync(Versions.Require(11));
        Assert.That((await RunAsync(site, older)).ErrorTail, Does.Contain("The set can't be restored here: the server is of PostgreSQL 11, the set is from 12."));
    }

    private static async Task<BackupSite> StartAsync(int major)
    {
        var site = await BackupSite.StartAsync(Versions.Require(major), Divided);
        await SispiAgent.Demo.SampleDatabase.LoadAsync(site.Server, default);
        foreach (var database in new[] { "decam_prd", "desbrdev" }) // one divided into files, the other not
        {
            await site.Server.ExecuteAsync($"""
                ALTER DATABASE {database} SET work_mem = '5MB'; ALTER DATABASE {database} SET default_transaction_read_only = on; ALTER ROLE observer IN DATABASE {database} SET search_path = exposure;
                REVOKE CONNECT ON DATABASE {database} FROM PUBLIC; GRANT CONNECT ON DATABASE {database} TO observer; ALTER DATABASE {database} CONNECTION LIMIT 50;
                COMMENT ON DATABASE {database} IS 'the night''s
                \connect postgres';
                """);
        }

        await site.RunAsync();
        return site;
    }

    private static Task<ToolResult> RunAsync(BackupSite site, ScratchServer server, params string[] what) =>
        AgentProgram.RunAsync(["restore", "--config", site.ConfigurationFile(), "--host", server.SocketDirectory, "--port", server.Port.ToString(CultureInfo.InvariantCulture), .. what]);

    private static async Task RestoreAsync(BackupSite site, ScratchServer server, params string[] what)
    {
        var restored = await RunAsync(site, server, what);
        Assert.That(restored.ExitCode, Is.EqualTo(ExitCode.Done), restored.ErrorTail);
    }

    private static async Task AssertEqualAsync(ScratchServer expected, ScratchServer actual, string how = "-C")
    {
        foreach (var database in new[] { "decam_prd", "desbrdev" })
            Assert.That(await TextAsync(actual, database, how), Is.EqualTo(await TextAsync(expected, database, how)), database);
    }

    private static Task<string> PropertiesAsync(ScratchServer server) => Sets.TextAsync(server, "postgres", """
        SELECT string_agg(concat_ws(' ', datname, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(datacl) AS a), datconnlimit, shobj_description(d.oid, 'pg_database'), (SELECT string_agg(s.setrole::regrole || s.setconfig::text, ' ' ORDER BY 1) FROM pg_db_role_setting s WHERE s.setdatabase = d.oid)), E'\n' ORDER BY datname)
        FROM pg_database d WHERE datname LIKE 'de%'
        """);

    /// <summary>All that pg_dump writes of a database, sorted; its random keys apart.</summary>
    private static async Task<string[]> TextAsync(ScratchServer server, string database, params string[] more)
    {
        using var folder = new TempFolder();
        var file = folder["text"];
        await ToolRunner.RunToSuccessAsync(new ToolCommand(Requires.Postgres().Program("pg_dump"), ["-h", server.SocketDirectory, "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", "-f", file, .. more, database]), default);
        return [.. (await File.ReadAllLinesAsync(file)).Where(line => !line.StartsWith('\\') && !line.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static Task<string> RowsAsync(ScratchServer server, string table) => Sets.TextAsync(server, "decam_prd", $"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t");
}
