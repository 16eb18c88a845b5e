using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SispiAgent.Cli;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Readiness;
using SispiAgent.Replication;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Readiness;

[Category("Postgres"), Category("Ssh")]
internal sealed class FailoverReadinessTests
{
    [Test]
    public async Task Each_item_broken_is_red_and_green_again_when_mended_as_told()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Postgres();
        await using var site = await DemoSite.StartAsync(default);
        using var standby = VerbHost.Open(new ConfigurationFile(site.Folder.Configuration("server3")));
        var server = site.Servers.Standby;
        await SeeClientsAsync(site);
        await Eventually.TrueAsync(async () => (await LookAsync(site, standby)).All(item => item.IsWell), "green look");
        Assert.That((await LookAsync(site, standby)).Select(item => item.Name), Is.EquivalentTo(
            new[] { "streaming", "trigger", "parity", "clients", "WAL senders", "password for server2", "backup room", "mirrors", "ssh to server2", "ssh to system1" }));

        if (server.MajorOfData() < 16)
        {
            server.Set(("promote_trigger_file", "/somewhere/else"));
            Assert.That(await FoundAsync<RecoveryProbe>(standby), Is.Empty, "that its folder is missing matters to nobody: readiness.trigger names the path that it should be");
            await RedThenMendedAsync(site, standby, ReadinessJudge.Trigger, "trigger");
            File.SetUnixFileMode(server.Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            await RedThenMendedAsync(site, standby, null, "trigger");
        }

        server.Set(("max_connections", "20"));
        await RedThenMendedAsync(site, standby, null, "parity");

        server.Set(("max_wal_senders", "2"));
        Assert.That((await LookAsync(site, standby)).Single(item => item.Name == "WAL senders"), Has.Property("Code").Null.And.Property("ToldBy").EqualTo("conformance.setting"), "the guide says 3: one fact, one mail");
        await RedThenMendedAsync(site, standby, null, "WAL senders", "parity");

        var access = Path.Combine(server.DataDirectory, "pg_hba.conf");
        await File.WriteAllLinesAsync(access, (await File.ReadAllLinesAsync(access)).Where(line => !line.Contains("127.0.0.1/32", StringComparison.Ordinal) || line.Contains("replication", StringComparison.Ordinal)));
        await RedThenMendedAsync(site, standby, LockedOut.Clients, "clients");

        File.SetUnixFileMode(site.Folder.PassFile, (UnixFileMode)0b110_100_100);
        await RedThenMendedAsync(site, standby, ReadinessJudge.PassFile, "password for server2");

        var own = Path.Combine(site.Folder.Backups("server3"), "server3");
        MadeSet.Make(site.Folder.Backups("server3"), "server3", TimeProvider.System.GetUtcNow(), more: ("big.txt", new byte[1 << 20]));
        standby.Get<LiveOptions<ReadinessOptions>>().Current.BackupRoomFactor = int.MaxValue;
        Assert.That((await LookAsync(site, standby)).Single(item => !item.IsWell), Has.Property("Name").EqualTo("backup room").And.Property("Code").EqualTo(ReadinessJudge.BackupRoom), "the disk itself is not said to be full");
        standby.Get<LiveOptions<RoomOptions>>().Current.FreeWarningPercent = 100;
        Assert.That((await FoundAsync<SpaceProbe>(standby)).Select(finding => finding.Code), Does.Contain(SpaceJudge.Disk));
        Assert.That((await LookAsync(site, standby)).Single(item => !item.IsWell), Has.Property("Name").EqualTo("backup room").And.Property("Code").Null.And.Property("ToldBy").EqualTo("room.disk"), "one disk, one mail");
        standby.Get<LiveOptions<RoomOptions>>().Current.FreeWarningPercent = new RoomOptions().FreeWarningPercent;
        standby.Get<LiveOptions<ReadinessOptions>>().Current.BackupRoomFactor = new ReadinessOptions().BackupRoomFactor;
        Directory.Delete(own, recursive: true);

        Directory.Delete(site.Folder.Backups("server3"), recursive: true);
        await RedThenMendedAsync(site, standby, ReadinessJudge.BackupRoom, "backup room");

        server.Set(("primary_conninfo", InFiles(server, "primary_conninfo").Replace($"port={site.Servers.Primary.Port}", "port=1", StringComparison.Ordinal)));
        await server.StopAsync();
        await server.StartAsync(default);
        await RedThenMendedAsync(site, standby, null, "streaming");

        var receiver = await Eventually.GetAsync(async () => (await standby.Get<LocalEvidenceReader>().ReadAsync(standby.Get<CurrentSite>().Value.Self, default)).Receiver, "WAL receiver");
        ProcessSignal.Send(receiver.Process.Id, ProcessSignal.Stop);
        await RedThenMendedAsync(site, standby, null, "streaming");

        WriteFacts(site, standby, TimeSpan.FromHours(1), "system1");
        var silent = await standby.Get<ReadinessLook>().LookAsync(default);
        Assert.That(Red(silent), Is.EqualTo(new[] { "ssh to system1" }));
        await RedAsync(site, standby);
    }

    [Test]
    public async Task The_way_to_a_host_closed_is_red_and_open_again_when_mended_as_told()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Postgres();
        await using var site = await DemoSite.StartAsync(default);
        using var standby = VerbHost.Open(new ConfigurationFile(site.Folder.Configuration("server3")));
        var ssh = site.Sshds["system1"];
        Assert.That(standby.Get<LiveOptions<ReadinessOptions>>().Current.SshClosedFor, Is.EqualTo(TimeSpan.FromMinutes(30)));
        await RedAsync(site, standby);

        await ssh.StopAsync();
        Assert.That(await LookAsync(site, standby), Has.Some.Property("Name").EqualTo("ssh to system1").And.Property("IsWell").False.And.Property("Code").Null, "another agent may be about to tell that the host is silent");
        standby.Get<LiveOptions<ReadinessOptions>>().Current.SshClosedFor = TimeSpan.Zero;
        var stopped = await ClosedAsync(site, standby);
        Assert.That(stopped.Remedy[0], Does.StartWith($"Nothing answers ssh at 127.0.0.1:{ssh.Port}").And.Contain("does sshd run there"));
        await ssh.ListenAsync(default);
        site.Folder.Note(ProcessTree.Find(ssh.ProcessId()!.Value)!.Value); // another process: ended with the site
        await RedAsync(site, standby);

        await File.WriteAllTextAsync(ssh.AuthorizedKeys, "");
        var refused = await ClosedAsync(site, standby);
        Assert.That(refused.Remedy[0], Does.Contain("On system1: put the first line that \"sispi-agent peer setup\" prints here for system1 into"));
        var setup = await ToolRunner.RunToSuccessAsync(new ToolCommand(site.Folder.Program("server3"), ["peer", "setup"]), default);
        var line = setup.Output.Split('\n').SkipWhile(text => !text.StartsWith("On system1", StringComparison.Ordinal)).Skip(1).First();
        await File.WriteAllTextAsync(ssh.AuthorizedKeys, line.Replace("sispi-agent peer\"", $"{site.Folder.Program("system1")} peer\"", StringComparison.Ordinal) + "\n"); // no PATH has the demo's programs
        await RedAsync(site, standby);
    }

    /// <summary>From 14 on a setting that is smaller than the primary's stops the standby's replay: one fact, and one mail.</summary>
    [Test]
    public async Task A_setting_that_has_stopped_replay_is_told_as_that_and_not_as_a_difference_besides()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Postgres();
        await using var site = await DemoSite.StartAsync(default);
        using var standby = VerbHost.Open(new ConfigurationFile(site.Folder.Configuration("server3")));
        var (primary, server) = (site.Servers.Primary, site.Servers.Standby);
        server.Set(("hot_standby", "on"));
        await server.StopAsync();
        await server.StartAsync(default);
        primary.Set(("max_worker_processes", "12"));
        Assert.That((await FoundAsync<ParityProbe>(standby)).Select(finding => finding.Subject), Is.Empty, "the primary does not run with it yet");
        await primary.StopAsync();
        await primary.StartAsync(default);

        await Eventually.TrueAsync(async () => (await FoundAsync<DescentProbe>(standby)).Any(finding => finding.State == "settings"), "stopped replay");
        Assert.That(await FoundAsync<ParityProbe>(standby), Is.Empty);
        await server.StopAsync();
        server.Set(("hot_standby", "off"));
        await server.StartAsync(default);
        Assert.That((await Eventually.GetAsync(async () => await FoundAsync<ParityProbe>(standby) is [var found] ? found : null, "difference")).Subject, Is.EqualTo("server3/max_worker_processes"), "it binds nothing there, and nobody else tells");
    }

    [Test]
    public async Task When_the_other_host_is_dead_the_verb_judges_by_what_it_last_said()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Postgres();
        await using var site = await DemoSite.StartAsync(default);
        using var standby = VerbHost.Open(new ConfigurationFile(site.Folder.Configuration("server3")));
        await SeeClientsAsync(site);
        WriteFacts(site, standby, default, "server2", "system1");
        var before = await ToolRunner.RunAsync(new ToolCommand(site.Folder.Program("server3"), ["readiness"]), default);
        Assert.That(before.ExitCode, Is.EqualTo(ExitCode.Done), before.Output);

        await site.Sshds["server2"].StopAsync();
        await site.Servers.Primary.KillAsync(default);
        var after = await ToolRunner.RunAsync(new ToolCommand(site.Folder.Program("server3"), ["readiness"]), default);

        Assert.That(after.ExitCode, Is.EqualTo(ExitCode.Failed), after.ErrorTail);
        Assert.That(after.Output, Does.Match("RED +answer of server2: server2 gives no answer: .*; below stands what it said [0-9]+ (s|min) ago").And.Match("RED +streaming: server3 receives nothing; at least"));
        Assert.That(after.Output, Does.Match("green +parity:").And.Match("green +clients: 0 of [1-9]").And.Match("green +backup room:"));
        await Assert.ThatAsync(async () => await standby.Get<ReadinessLook>().LookAsync(default), Throws.TypeOf<AgentException>(), "the hourly probe says nothing on old words");
    }

    [Test]
    public async Task The_verb_and_the_peers_answer_hold_no_secret_and_a_standby_that_does_not_stream_is_red()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Postgres();
        await using var site = await DemoSite.StartAsync(default);
        using var standby = VerbHost.Open(new ConfigurationFile(site.Folder.Configuration("server3")));
        var password = (await File.ReadAllTextAsync(site.Folder.PassFile)).Trim().Split(':')[4];
        site.Servers.Standby.Set(("primary_conninfo", $"host=127.0.0.1 port=1 user=dbadmin password={password}"));
        await File.AppendAllTextAsync(Path.Combine(site.Servers.Standby.DataDirectory, "pg_hba.conf"), $"host x x 10.0.0.0/8 ldap ldapserver=x ldapbinddn=y ldapbasedn=z \"ldapbindpasswd={password}\"\n");
        await site.Servers.Standby.StopAsync();
        await site.Servers.Standby.StartAsync(default);
        WriteFacts(site, standby, default, "server2", "system1");

        var inspect = await ToolRunner.RunToSuccessAsync(new ToolCommand(site.Folder.Program("server3"), ["peer", "inspect"]), default);
        var verb = await ToolRunner.RunAsync(new ToolCommand(site.Folder.Program("server3"), ["readiness", "--json"]), default);
        var diff = await ToolRunner.RunToSuccessAsync(new ToolCommand(site.Folder.Program("server3"), ["conformance", "diff", "server2", "server3"]), default);
        var show = await ToolRunner.RunAsync(new ToolCommand(site.Folder.Program("server3"), ["conformance", "show", "--json"]), default);

        Assert.That(inspect.Output, Does.Contain("\"schema\": 1").And.Not.Contain(password));
        Assert.That(verb.ExitCode, Is.EqualTo(ExitCode.Failed), verb.Output + verb.ErrorTail);
        using var json = JsonDocument.Parse(verb.Output);
        Assert.That(json.RootElement.GetProperty("items").EnumerateArray().Where(item => !item.GetProperty("isWell").GetBoolean()).Select(item => item.GetProperty("name").GetString()), Does.Contain("streaming"));
        Assert.That(diff.Output, Does.Contain("+ pg_hba.conf: host x x 10.0.0.0/8 ldap").And.Not.Contain(password));
        Assert.That(show.Output, Does.Contain("max_connections").And.Not.Contain(password));
    }

    private static async Task RedThenMendedAsync(DemoSite site, IHost standby, FindingCode? code, params string[] names)
    {
        var items = await RedAsync(site, standby, names);
        if (code is { } wanted)
        {
            WriteFacts(site, standby, default, "server2", "system1");
            var findings = await ActivatorUtilities.CreateInstance<ReadinessProbe>(standby.Services).RunAsync(default);
            Assert.That(findings.Select(finding => finding.Code), Does.Contain(wanted));
        }

        var remedy = items.First(item => item.Name == names[0]).Remedy;
        Assert.That(await FollowedRemedy.FollowAsync(remedy, site.Servers.Standby), Is.True, string.Join(" | ", remedy));
        await RedAsync(site, standby);
    }

    private static Task<IReadOnlyList<Finding>> FoundAsync<TProbe>(IHost standby)
        where TProbe : IProbe => ActivatorUtilities.CreateInstance<TProbe>(standby.Services).RunAsync(default);

    /// <summary>The one finding of a way that is closed from here alone.</summary>
    private static async Task<Finding> ClosedAsync(DemoSite site, IHost standby)
    {
        await RedAsync(site, standby, "ssh to system1");
        var finding = (await ActivatorUtilities.CreateInstance<ReadinessProbe>(standby.Services).RunAsync(default)).Single();
        Assert.That((finding.Code, finding.Subject), Is.EqualTo((ReadinessJudge.Ssh, "server3/ssh to system1")));
        return finding;
    }

    private static string InFiles(ScratchServer server, string name) =>
        SettingsFile.Read(Path.Combine(server.DataDirectory, "postgresql.conf"), server.DataDirectory)[name];

    private static string[] Red(IReadOnlyList<ReadinessItem> items) => [.. items.Where(item => !item.IsWell).Select(item => item.Name)];

    /// <summary>A look in which these are red and no others: on a busy machine one ssh may come too late, and be red besides.</summary>
    private static async Task<IReadOnlyList<ReadinessItem>> RedAsync(DemoSite site, IHost standby, params string[] names)
    {
        IReadOnlyList<ReadinessItem> items = [];
        await Eventually.TrueAsync(async () => Red(items = await LookAsync(site, standby)).Order().SequenceEqual(names.Order()), $"look in which these are red: {string.Join(", ", names)}");
        return items;
    }

    private static Task<IReadOnlyList<ReadinessItem>> LookAsync(DemoSite site, IHost standby)
    {
        WriteFacts(site, standby, default, "server2", "system1");
        return standby.Get<ReadinessLook>().LookAsync(default);
    }

    /// <summary>The other agents do not run here; what they would have written down.</summary>
    private static void WriteFacts(DemoSite site, IHost host, TimeSpan age, params string[] nodes)
    {
        foreach (var node in nodes)
        {
            var facts = new PeerFacts(PeerFactsFile.Schema, AgentVersion.Text, node, host.Get<LiveConfiguration>().Current.Hash, TimeProvider.System.GetUtcNow() - age, null, []);
            DurableFile.Write(Path.Combine(site.Folder.State(node), "facts.json"), PeerFactsFile.Write(facts));
        }
    }

    /// <summary>A client of the primary, as its agent sees it.</summary>
    private static async Task SeeClientsAsync(DemoSite site)
    {
        var password = (await File.ReadAllTextAsync(site.Folder.PassFile)).Trim().Split(':')[4];
        await using var client = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = site.Servers.Primary.Port, Username = "dbadmin", Password = password, Database = "decam_prd", Pooling = false,
        }.ToString());
        await client.OpenAsync();
        using var primary = VerbHost.Open(new ConfigurationFile(site.Folder.Configuration("server2")));
        Assert.That(await ActivatorUtilities.CreateInstance<ClientsProbe>(primary.Services).RunAsync(default), Is.Empty);
        Assert.That(primary.Get<ClientBook>().ReadAll().Select(seen => (seen.User, seen.Database)), Does.Contain(("dbadmin", "decam_prd")));
    }
}
