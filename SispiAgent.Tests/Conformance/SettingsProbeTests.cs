using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.History;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

[Category("Postgres")]
internal sealed class SettingsProbeTests
{
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public async Task Drift_is_found_over_SQL_and_without(bool answersSql)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false, settings: ("log_rotation_age", "1d"));
        await using var _ = primary;
        await using var __ = standby;
        var options = new ConformanceOptions { ClientSubnet = "139.229.14.0/25", Settings = { ["log_rotation_age"] = "43200", ["wal_keep_segments"] = "16", ["wal_level"] = "hot_standby" } };

        var findings = await Probe(answersSql ? primary : standby, options).RunAsync(default);

        Assert.That(findings.Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (SettingsProbe.Setting, "n/log_rotation_age"), (SettingsProbe.ClientAccess, "n") }));
    }

    [Test]
    public async Task The_remedy_followed_literally_clears_it()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        var probe = Probe(server, new ConformanceOptions { ClientSubnet = "139.229.14.0/25", Settings = { ["log_rotation_age"] = "43200" } });
        Assert.That(await probe.RunAsync(default), Has.Count.EqualTo(2));

        server.Set(("log_rotation_age", "43200"));
        File.AppendAllText(Path.Combine(server.DataDirectory, "pg_hba.conf"), "host all all 139.229.14.0/25 md5\n");
        await server.ExecuteAsync("SELECT pg_reload_conf()");

        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look");
    }

    [Test]
    public void A_rule_that_rejects_comes_first_and_decides()
    {
        var rules = AccessRule.ReadAll(["host all all 139.229.0.0/16 reject", "host all all 139.229.14.0/25 md5"]);

        var findings = SettingsProbe.Judge("n", new ServerSettings(150000, new Dictionary<string, (string, string?)>(), rules, "the files"), new ConformanceOptions());

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { SettingsProbe.ClientAccess }));
    }

    private SettingsProbe Probe(ScratchServer server, ConformanceOptions options)
    {
        var cluster = new ClusterOptions { TimeZone = "UTC", Nodes = { ["n"] = new NodeOptions { Kind = NodeKind.Database, Port = server.Port, SocketDirectory = server.SocketDirectory, DataDirectory = server.DataDirectory } } };
        var live = new LiveConfiguration(new ConfigurationSnapshot(
            new Dictionary<Type, object> { [typeof(ClusterOptions)] = cluster, [typeof(AgentOptions)] = new AgentOptions { Node = "n" }, [typeof(PostgresOptions)] = new PostgresOptions(), [typeof(ConformanceOptions)] = options }, ""));
        var site = new CurrentSite(live);
        return new(site, new ServerConnector(site, new(live)), new(live), new StatusBoard(new AgentDatabase(_folder["agent.db"], [StatusBoard.Migration])), TimeProvider.System);
    }
}
