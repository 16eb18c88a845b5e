using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.History;
using SispiAgent.Hosting;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

[Category("Postgres")]
internal sealed class SettingsProbeTests
{
    private static readonly string[] Lines =
        ["local all all peer map=own", "host all all 139.229.14.0/25 md5", "host replication dbadmin 10.0.0.3/32 md5", "host replication dbadmin 10.0.0.10/32 md5", "host decam_dev dbadmin 10.0.0.10/32 md5"];

    private static readonly ConformanceOptions Guide = Sections.Loader.Load(Repository.Path("appsettings.json")).Get<ConformanceOptions>();

    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Each_setting_of_the_guide_changed_by_hand_is_found_and_the_remedy_to_the_letter_clears_it()
    {
        await using var server = await StartAsGuidedAsync();
        var probe = Probe(server);
        Assert.That(await probe.RunAsync(default), Is.Empty);

        foreach (var (name, wrong) in Wrong)
        {
            server.Set((name, wrong));
            await RestartAsync(server);
            var findings = await probe.RunAsync(default);
            Assert.That(findings.Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (SettingJudge.Setting, $"server2/{name}") }), name);
            Assert.That(await FollowedRemedy.FollowAsync(findings[0].Remedy, server), Is.True);
            await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, $"clean look after {name}: {string.Join(" | ", findings[0].Remedy)}", seconds: 20);
        }
    }

    [TestCase("host all all 139.229.14.0/25 reject")]
    [TestCase("host all all 139.229.14.0/25 trust")]
    [TestCase("host all all 139.229.14.0/25 password")]
    [TestCase("host all all 139.229.14.0/26 md5")]
    [TestCase("host all all 139.229.14.0/25 md6")]
    [TestCase("# host all all 139.229.14.0/25 md5")]
    public Task A_line_changed_by_hand_is_found_and_the_remedy_clears_it(string changed) => ChangeAsync(1, changed);

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public Task A_line_taken_out_is_found_and_the_remedy_clears_it(int index) => ChangeAsync(index, "");

    [TestCase("host all all 139.229.0.0/16 reject")]
    [TestCase("local all dbadmin md5\nlocal all dbadmin peer")]
    public Task A_line_put_before_is_found_and_the_remedy_clears_it(string added) => ChangeAsync(1, $"{added}\n{Lines[1]}");

    [Test]
    public async Task What_SQL_changed_is_reset_by_SQL()
    {
        await using var server = await StartAsGuidedAsync();
        var probe = Probe(server);
        await server.ExecuteAsync("ALTER SYSTEM SET log_rotation_age = '1d'");
        await server.ExecuteAsync("SELECT pg_reload_conf()");

        var finding = await Eventually.GetAsync(async () => (await probe.RunAsync(default)).SingleOrDefault(), "finding");
        Assert.That(finding.Subject, Is.EqualTo("server2/log_rotation_age"));
        await FollowedRemedy.FollowAsync(finding.Remedy, server);

        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look", seconds: 20);
    }

    [Test]
    public async Task What_was_edited_and_not_loaded_is_told()
    {
        await using var server = await StartAsGuidedAsync();
        var probe = Probe(server);
        await File.AppendAllTextAsync(Hba(server), "# remark\n");
        server.Set(("max_connections", "401"));
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Select(finding => finding.Code).SequenceEqual([SettingJudge.Pending]), "pending restart, with the file read", seconds: 30);
        await File.AppendAllTextAsync(Hba(server), "# another\n");

        var findings = await probe.RunAsync(default);

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { SettingJudge.Pending, AccessJudge.Unread }));
    }

    [Test]
    public async Task A_standby_that_answers_no_SQL_is_judged_by_its_files_and_mended_by_them()
    {
        var primary = await StoppedAsGuidedAsync();
        await using var _ = primary;
        await using var standby = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        Guided(standby);
        standby.Follow(primary, hotStandby: false, "server3");
        await primary.StartAsync(default);
        await standby.StartAsync(default);
        var probe = Probe(standby);
        Assert.That(await probe.RunAsync(default), Is.Empty);

        standby.Set(("max_connections", "300"), ("search_path", "public"));
        await File.AppendAllTextAsync(Hba(standby), "host all all 0.0.0.0/0 trust\n");
        var findings = await probe.RunAsync(default);

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { SettingJudge.Setting, SettingJudge.Setting, AccessJudge.Dangerous }));
        foreach (var finding in findings.Where(finding => finding.Code == SettingJudge.Setting))
            await FollowedRemedy.FollowAsync(finding.Remedy, standby);
        Assert.That((await probe.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { AccessJudge.Dangerous }));
    }

    /// <summary>Each setting of the guide with another value.</summary>
    private static IEnumerable<(string Name, string Value)> Wrong =>
    [
        ("listen_addresses", "127.0.0.1"), ("max_connections", "300"), ("logging_collector", "off"), ("log_directory", "log"), ("log_filename", "postgresql-%a.log"), ("log_truncate_on_rotation", "off"),
        ("log_rotation_age", "1d"), ("search_path", "public"), ("timezone", "America/Santiago"), ("wal_level", "logical"), ("max_wal_senders", "4"), ("wal_keep_size", "512MB"),
    ];

    private async Task ChangeAsync(int index, string changed)
    {
        await using var server = await StartAsGuidedAsync();
        var probe = Probe(server);
        Assert.That(await probe.RunAsync(default), Is.Empty);
        await File.WriteAllLinesAsync(Hba(server), Lines.Select((line, at) => at == index ? changed : line));
        await ToolAsync(server, "reload");

        // a line that the server does not take hides what else is wrong: as many rounds as an operator would need
        var sawSome = false;
        for (var round = 0; round < 3; round++)
        {
            var findings = (await probe.RunAsync(default)).Where(finding => finding.Code != AccessJudge.Unread).ToArray();
            sawSome |= findings.Length > 0;
            if (findings.Length > 0)
                Assert.That(await FollowedRemedy.FollowAsync(findings[0].Remedy, server), Is.True, string.Join(" | ", findings[0].Remedy));
        }

        Assert.That(sawSome, Is.True);
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look", seconds: 20);
    }

    private static string Hba(ScratchServer server) => Path.Combine(server.DataDirectory, "pg_hba.conf");

    private static async Task<ScratchServer> StartAsGuidedAsync()
    {
        var server = await StoppedAsGuidedAsync();
        await server.StartAsync(default);
        return server;
    }

    private static async Task<ScratchServer> StoppedAsGuidedAsync()
    {
        var server = await PostgresServers.StoppedAsync(Requires.Postgres());
        Guided(server);
        return server;
    }

    private static void Guided(ScratchServer server)
    {
        server.Set([.. Guide.Settings.Select(setting => SettingRule.ForVersion(setting.Key, setting.Value, server.MajorOfData() * 10000))]);
        File.WriteAllLines(Hba(server), Lines);
        File.WriteAllText(Path.Combine(server.DataDirectory, "pg_ident.conf"), $"own {Environment.UserName} postgres\n");
    }

    private static async Task RestartAsync(ScratchServer server)
    {
        await server.StopAsync();
        await server.StartAsync(default);
    }

    private static Task<SispiAgent.Processes.ToolResult> ToolAsync(ScratchServer server, string what) =>
        SispiAgent.Processes.ToolRunner.RunToSuccessAsync(new(server.Installation.Program("pg_ctl"), [what, "-D", server.DataDirectory]), default);

    private SettingsProbe Probe(ScratchServer server)
    {
        var cluster = new ClusterOptions
        {
            TimeZone = "UTC",
            Nodes =
            {
                ["server2"] = new NodeOptions { Kind = NodeKind.Database, Address = "10.0.0.2", Port = server.Port, SocketDirectory = server.SocketDirectory, DataDirectory = server.DataDirectory },
                ["server3"] = new NodeOptions { Kind = NodeKind.Database, Address = "10.0.0.3" },
                ["des10"] = new NodeOptions { Kind = NodeKind.Mirror, Address = "10.0.0.10", Port = 1 },
            },
        };
        var postgres = new PostgresOptions { ConnectTimeout = TimeSpan.FromSeconds(1) };
        var live = new LiveConfiguration(new ConfigurationSnapshot(
            new Dictionary<Type, object> { [typeof(ClusterOptions)] = cluster, [typeof(AgentOptions)] = new AgentOptions { Node = "server2" }, [typeof(PostgresOptions)] = postgres, [typeof(ConformanceOptions)] = Guide }, ""));
        var site = new CurrentSite(live);
        var database = new AgentDatabase(_folder["agent.db"], [StatusBoard.Migration, DriftBook.Migration]);
        var connector = new ServerConnector(site, new(live));
        return new(site, new SettingsReader(site, connector), new ServerReader(connector, new(new(live)), site, new(live), TimeProvider.System), new(live), new DriftBook(database), new StatusBoard(database), TimeProvider.System);
    }
}
