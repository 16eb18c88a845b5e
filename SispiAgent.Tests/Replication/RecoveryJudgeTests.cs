using System.Net;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

internal sealed class RecoveryJudgeTests
{
    // the files of a data directory; recovery.conf with standby_mode unless it is said otherwise
    [TestCase(90000, "primary", "", null)]
    [TestCase(90000, "primary", "recovery.done", null, Description = "it was promoted once")]
    [TestCase(90000, "primary", "recovery.conf", "replication.role-at-restart recovery.conf")]
    [TestCase(90000, "standby", "recovery.conf", null)]
    [TestCase(90000, "standby", "", "replication.role-at-restart recovery.conf")]
    [TestCase(90000, "promoted", "recovery.done", null, Description = "its end-of-recovery checkpoint takes its time")]
    [TestCase(90600, "standby", "recovery.done", "replication.role-at-restart recovery.conf", Description = "it still receives: renamed by hand")]
    [TestCase(110000, "standby", "recovery.conf:off", "replication.role-at-restart standby_mode")]
    [TestCase(110000, "standby", "recovery.conf standby.signal", null, Description = "signals are nothing to 11")]
    [TestCase(110000, "standby", "standby.signal", "replication.role-at-restart recovery.conf")]
    [TestCase(120000, "primary", "", null)]
    [TestCase(120000, "primary", "standby.signal", "replication.role-at-restart standby.signal")]
    [TestCase(120000, "primary", "recovery.signal", "replication.role-at-restart recovery.signal")]
    [TestCase(120000, "standby", "standby.signal", null)]
    [TestCase(120000, "standby", "standby.signal recovery.done", null)]
    [TestCase(120000, "standby", "recovery.signal", "replication.role-at-restart standby.signal")]
    [TestCase(180000, "standby", "", "replication.role-at-restart standby.signal")]
    [TestCase(120000, "standby", "standby.signal recovery.conf", "replication.recovery-file ")]
    [TestCase(180000, "primary", "recovery.conf", "replication.recovery-file ")]
    public void What_the_files_make_of_a_server_at_its_next_start_is_compared_with_what_it_is(int version, string role, string files, string? expected)
    {
        using var folder = new TempFolder();
        foreach (var file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            File.WriteAllText(folder[file.Split(':')[0]], file.StartsWith("recovery.conf", StringComparison.Ordinal) ? $"standby_mode = '{(file.EndsWith(":off", StringComparison.Ordinal) ? "off" : "on")}'\n" : "");
        var recovery = RecoverySettings.Read(folder.Folder, version, new Dictionary<string, SettingEntry>());

        Finding?[] found = [RecoveryJudge.JudgeFile("server3", recovery, true), RecoveryJudge.JudgeRole("server3", role == "primary" ? ServerRole.Primary : ServerRole.Standby, recovery, role == "standby", null)];

        Assert.That(found.OfType<Finding>().Select(one => $"{one.Code.Value} {one.State}").SingleOrDefault(), Is.EqualTo(expected));
        Assert.That(found.OfType<Finding>().Select(one => one.Severity), Is.All.EqualTo(Severity.Critical));
    }

    [TestCase("on", true)]
    [TestCase("TRUE", true)]
    [TestCase("t", true)]
    [TestCase("yes", true)]
    [TestCase("1", true)]
    [TestCase("off", false)]
    [TestCase("0", false)]
    public void Standby_mode_is_a_boolean_as_PostgreSQL_reads_them(string text, bool isOn)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["recovery.conf"], $"standby_mode = {text}\n");
        Assert.That(RecoverySettings.Read(folder.Folder, 90000, null).IsStandbyMode, Is.EqualTo(isOn));
    }

    // server2 is the primary at 10.0.0.2:5442, server3 (this host) at 10.0.0.3:5442, des10 at 10.0.0.10:5442; known names are the nodes'
    [TestCase("host=server2 port=5442", null)]
    [TestCase("host=10.0.0.2 port=5442 user=dbadmin", null)]
    [TestCase("hostaddr=10.0.0.2 host=wrong port=5442", null, Description = "hostaddr goes before host")]
    [TestCase("postgresql://dbadmin@server2:5442/", null)]
    [TestCase("host=vip port=5442", null, Description = "a name that leads elsewhere may be a way to it")]
    [TestCase("host=10.0.0.2 port=6432", null, Description = "as may another port")]
    [TestCase("host=server3,server2 port=5442", null, Description = "one of them is")]
    [TestCase("host=server3 port=5442", "leads to itself, not to server2")]
    [TestCase("host=localhost port=5442", "leads to itself, not to server2")]
    [TestCase("port=5442 user=dbadmin", "leads to itself, not to server2", Description = "the guide's line as it came down to us: the unix socket")]
    [TestCase("host=/tmp port=5442", "leads to itself, not to server2")]
    [TestCase("host=des10 port=5442", "leads to des10, not to server2")]
    [TestCase("host=server3,des10 port=5442,5442", "leads to server3 and des10, not to server2")]
    [TestCase("", "leads nowhere, not to server2")]
    [TestCase("user=dbadmin", "leads nowhere, not to server2")]
    public void A_connection_string_has_to_lead_to_the_primary(string text, string? expected)
    {
        var cluster = new ClusterOptions { TimeZone = "UTC" };
        foreach (var (name, kind, address) in new[] { ("server2", NodeKind.Database, "10.0.0.2"), ("server3", NodeKind.Database, "10.0.0.3"), ("des10", NodeKind.Mirror, "10.0.0.10") })
            cluster.Nodes[name] = new NodeOptions { Kind = kind, Address = address, DataDirectory = "/data", BackupDirectory = "/backup" };
        var site = Site.From(cluster, "server3");
        IReadOnlyList<IPAddress> Resolve(string host) => IPAddress.TryParse(host, out var address) ? [address]
            : host == "localhost" ? [IPAddress.Loopback] : site.Nodes.FirstOrDefault(node => node.Name == host) is { } known ? [IPAddress.Parse(known.Address)] : [IPAddress.Parse("10.9.9.9")];
        var recovery = new RecoverySettings(90000, "/data") { HasRecoveryFile = true, IsStandbyMode = true, Upstream = ConnectionWords.Parse(text) };
        var targets = UpstreamTarget.Find(recovery.Upstream, site, Resolve);

        var found = UpstreamJudge.Judge(site.Self, recovery, targets, site.Nodes[0], isReceiving: true);

        Assert.That(found?.Summary, Is.EqualTo(expected is null ? null : $"the standby's primary_conninfo {expected}"));
        Assert.That(UpstreamJudge.Judge(site.Self, recovery, targets, null, isReceiving: false)?.Severity, Is.EqualTo(expected is null || expected.StartsWith("leads to des10", StringComparison.Ordinal) || expected.Contains(" and ", StringComparison.Ordinal) ? null : Severity.Critical), "no primary is seen");
        Assert.That(UpstreamJudge.Judge(site.Self, recovery with { Upstream = null }, [], site.Nodes[0], isReceiving: true), Is.Null, "not to be read from here");
        Assert.That(UpstreamJudge.Judge(site.Self, recovery with { HasRestoreCommand = true }, [], site.Nodes[0], isReceiving: true), Is.Null, "it fetches its WAL otherwise");
    }

    [Test]
    public void The_remedy_keeps_what_the_connection_string_says_besides_and_no_password()
    {
        var site = Site.From(new ClusterOptions { TimeZone = "UTC", Nodes = { ["server2"] = new() { Kind = NodeKind.Database, Address = "10.0.0.2" }, ["server3"] = new() { Kind = NodeKind.Database, Address = "10.0.0.3" } } }, "server3");
        var recovery = new RecoverySettings(150000, "/data") { Upstream = ConnectionWords.Parse("host=server3 port=5442 user=dbadmin password=secret application_name='my standby'"), UpstreamLine = new("", "/data/postgresql.conf", 7) };

        var found = UpstreamJudge.Judge(site.Self, recovery, [new("server3, port 5442", site.Self)], site.Nodes[0], isReceiving: true)!;

        Assert.That(found.Remedy, Is.EqualTo(new[]
        {
            "On server3, in /data/postgresql.conf, in place of line 7: primary_conninfo = 'host=10.0.0.2 port=5442 user=dbadmin application_name=''my standby'''",
            "What else stood there, a password perhaps, stays as it was: it is in no mail.",
            "Then: pg_ctl reload -D /data",
        }));
    }

    [TestCase("password")]
    [TestCase("sslpassword")]
    [TestCase("scram_client_key")]
    [TestCase("scram_server_key")]
    [TestCase("oauth_client_secret")]
    [TestCase("a_word_of_a_later_version")]
    public void A_secret_of_the_connection_string_is_in_no_mail(string word)
    {
        var site = Site.From(new ClusterOptions { TimeZone = "UTC", Nodes = { ["server2"] = new() { Kind = NodeKind.Database, Address = "10.0.0.2" }, ["server3"] = new() { Kind = NodeKind.Database, Address = "10.0.0.3" } } }, "server3");
        var recovery = new RecoverySettings(180000, "/data") { Upstream = ConnectionWords.Parse($"host=server3 user=dbadmin {word}='very secret' sslmode=require") };

        var found = UpstreamJudge.Judge(site.Self, recovery, [new("server3, port 5442", site.Self)], site.Nodes[0], isReceiving: true)!;

        Assert.That(found.Remedy[0], Does.EndWith(": primary_conninfo = 'host=10.0.0.2 port=5442 user=dbadmin sslmode=require'"));
        Assert.That(found.Remedy[1], Does.StartWith("What else stood there"));
        Assert.That(found.Evidence.Concat(found.Remedy), Has.None.Contains("secret'"));
    }

    [TestCase(90000, "standby", true, true, "Critical there")]
    [TestCase(90000, "primary", true, true, "Warning there")]
    [TestCase(150000, "standby", false, true, null)]
    [TestCase(150000, "standby", false, false, "Warning folder")]
    [TestCase(150000, "primary", false, false, null)]
    [TestCase(150000, "standby", false, false, "Warning folder", "/raid3/database/failover_trigger")]
    [TestCase(150000, "standby", false, false, null, "/raid3/agreed", Description = "readiness.trigger names the path that it should be")]
    [TestCase(150000, "standby", true, false, "Critical there", "/raid3/agreed", Description = "it would be promoted by it all the same")]
    public void A_trigger_file_that_lies_about_is_worst_on_a_standby(int version, string role, bool isThere, bool isWritable, string? expected, string? agreed = null)
    {
        var recovery = new RecoverySettings(version, "/data") { TriggerFile = "/raid3/database/failover_trigger", IsTriggerThere = isThere, IsTriggerFolderWritable = isWritable };

        var found = TriggerJudge.Judge("server3", role == "primary" ? ServerRole.Primary : ServerRole.Standby, recovery, agreed);

        Assert.That(found is null ? null : $"{found.Severity} {found.State}", Is.EqualTo(expected));
        Assert.That(TriggerJudge.Judge("server3", ServerRole.Standby, recovery with { TriggerFile = null }, agreed), Is.Null);
    }

    [Test]
    public void A_trigger_file_is_read_where_the_version_has_it_and_nowhere_from_16_on()
    {
        using var folder = new TempFolder();
        var settings = new Dictionary<string, SettingEntry> { ["promote_trigger_file"] = new("promote.me", "", 0) };
        File.WriteAllText(folder["recovery.done"], "trigger_file = '/raid3/database/failover_trigger'\n");

        Assert.That(RecoverySettings.Read(folder.Folder, 110000, settings).TriggerFile, Is.EqualTo("/raid3/database/failover_trigger"));
        Assert.That(RecoverySettings.Read(folder.Folder, 150000, settings).TriggerFile, Is.EqualTo(folder["promote.me"]), "relative to the data directory");
        Assert.That(RecoverySettings.Read(folder.Folder, 160000, settings).TriggerFile, Is.Null);
    }
}
