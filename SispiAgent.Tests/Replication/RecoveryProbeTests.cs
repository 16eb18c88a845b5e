using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

[Category("Postgres")]
internal sealed class RecoveryProbeTests
{
    [TestCase(12)]
    [TestCase(15)]
    [TestCase(18)]
    public async Task A_standbys_files_that_do_not_fit_are_found_and_mended_as_told_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = On("server3", primary, standby);
        await Eventually.TrueAsync(async () => (await watch.Recovery.RunAsync(default)).Count == 0 && (await watch.Receiver.RunAsync(default)).Count == 0, "quiet standby");
        Assert.That(watch.Seen("server3", "recovery settings"), Has.Property("IsWell").True.And.Property("Text").EqualTo("a standby at its next start (standby.signal), of server2"));

        File.Delete(Path.Combine(standby.DataDirectory, "standby.signal"));
        await FoundThenMendedAsync(watch, standby, RecoveryJudge.RoleAtRestart, Severity.Critical, "standby.signal");

        await File.WriteAllTextAsync(Path.Combine(standby.DataDirectory, "recovery.conf"), "");
        Assert.That((await watch.Recovery.RunAsync(default)).Single(), Has.Property("Code").EqualTo(RecoveryJudge.RecoveryFile).And.Property("Severity").EqualTo(Severity.Critical));
        await standby.StopAsync();
        await RefusesAsync(standby);
        await FoundThenMendedAsync(watch, standby, RecoveryJudge.RecoveryFile, Severity.Critical, "down", goesOn: false);
        Assert.That(async () => await watch.Recovery.RunAsync(default), Throws.InstanceOf<LookSuspendedException>(), "down, and nothing of this in its way");
        await standby.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0, "WAL receiver");

        if (major < 16)
        {
            standby.Set(("promote_trigger_file", Path.Combine(standby.Folder, "triggers", "promote")));
            await FoundThenMendedAsync(watch, standby, TriggerJudge.Code, Severity.Warning, "folder");
            await File.WriteAllTextAsync(Path.Combine(standby.Folder, "triggers", "promote"), "");
            await FoundThenMendedAsync(watch, standby, TriggerJudge.Code, Severity.Critical, "there");
        }

        standby.Set(("primary_conninfo", $"host=localhost port={standby.Port} user=postgres application_name=server3"));
        var found = await FoundThenMendedAsync(watch, standby, UpstreamJudge.Code, Severity.Warning, "still receiving");
        Assert.That(found.Summary, Is.EqualTo("the standby's primary_conninfo leads to itself, not to server2"));
    }

    [TestCase(12)]
    [TestCase(15)]
    public async Task A_standby_that_has_nobody_to_receive_from_is_told_once_with_the_cause_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var watch = On("server3", primary, standby);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0 && watch.Seen("server3", "WAL receiver").IsWell, "WAL receiver");
        standby.Set(("primary_conninfo", ""));
        await standby.StopAsync();
        await standby.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0 && !watch.Seen("server3", "WAL receiver").IsWell, "missing WAL receiver");

        var found = await FoundThenMendedAsync(watch, standby, UpstreamJudge.Code, Severity.Critical, "receives nothing");
        Assert.That(found.Summary, Does.StartWith("the standby's primary_conninfo leads nowhere"));
    }

    [TestCase(15)]
    public async Task Where_a_standby_leads_is_not_judged_before_the_other_server_could_tell_what_it_is_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = On("server3", primary, standby);
        watch.Postgres.RemoteUser = "stranger"; // server2 is up and its role can't be told over SQL; its agent has not been asked yet
        standby.Set(("primary_conninfo", ""));

        for (var silent = 1; silent < new PeersOptions().SilentRounds; silent++)
        {
            Assert.That(async () => await watch.Recovery.RunAsync(default), Throws.InstanceOf<LookSuspendedException>().With.Message.Contains("server2"));
            Assert.That(watch.Peers.Latest(watch.Site.Value.Peers.Single(node => node.Name == "server2")).SilentRounds, Is.EqualTo(silent), "it is asked");
        }

        var found = (await watch.Recovery.RunAsync(default)).Single();
        Assert.That((found.Code, found.Summary), Is.EqualTo((UpstreamJudge.Code, "the standby's primary_conninfo leads nowhere")), "silent for long enough: told with what is known");
    }

    [TestCase(15)]
    public async Task An_agent_that_answers_and_gives_no_role_hides_nothing_for_long_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = On("server3", primary, standby);
        watch.Postgres.RemoteUser = "stranger";
        standby.Set(("primary_conninfo", ""));
        var server2 = watch.Site.Value.Peers.Single(node => node.Name == "server2");

        // each time it has just answered; asked again it has no sshd here, and is silent once
        for (var held = 0; held < new PeersOptions().SilentRounds; held++)
        {
            watch.Peers.Keep(server2, Facts(), null);
            Assert.That(async () => await watch.Recovery.RunAsync(default), Throws.InstanceOf<LookSuspendedException>());
        }

        for (var told = 0; told < 2; told++)
        {
            watch.Peers.Keep(server2, Facts(), null);
            Assert.That((await watch.Recovery.RunAsync(default)).Single().Code, Is.EqualTo(UpstreamJudge.Code), "told, and not held again");
        }

        static PeerFacts Facts() => new(1, "", "server2", "", TimeProvider.System.GetUtcNow(), new ServerFacts("Full", false, null, null, null, null, null, null), []);
    }

    [TestCase(11)]
    [TestCase(12)]
    [TestCase(15)]
    public async Task A_primary_that_would_start_as_a_standby_is_found_on(int major)
    {
        await using var primary = await PostgresServers.StartPrimaryAsync(Versions.Require(major));
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary);
        Assert.That(await watch.Recovery.RunAsync(default), Is.Empty);

        var file = Path.Combine(primary.DataDirectory, major < 12 ? "recovery.conf" : "standby.signal");
        var trigger = Path.Combine(primary.Folder, "failover_trigger");
        await File.WriteAllTextAsync(file, major < 12 ? $"standby_mode = 'on'\ntrigger_file = '{trigger}'\n" : "");
        await FoundThenMendedAsync(watch, primary, RecoveryJudge.RoleAtRestart, Severity.Critical, Path.GetFileName(file));

        if (major >= 12)
            primary.Set(("promote_trigger_file", trigger));
        await File.WriteAllTextAsync(trigger, "");
        await FoundThenMendedAsync(watch, primary, TriggerJudge.Code, Severity.Warning, "there");
    }

    [TestCase(10)]
    [TestCase(11)]
    public async Task A_standby_without_its_recovery_conf_is_found_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = On("server3", primary, standby);
        await Eventually.TrueAsync(async () => (await watch.Recovery.RunAsync(default)).Count == 0 && (await watch.Receiver.RunAsync(default)).Count == 0, "quiet standby");

        File.Delete(Path.Combine(standby.DataDirectory, "recovery.conf"));
        await FoundThenMendedAsync(watch, standby, RecoveryJudge.RoleAtRestart, Severity.Critical, "recovery.conf");
        Assert.That(await File.ReadAllTextAsync(Path.Combine(standby.DataDirectory, "recovery.conf")), Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"standby_mode = 'on'\nprimary_conninfo = 'host=127.0.0.1 port={primary.Port} user=dbadmin'\n")));
    }

    private static async Task<Finding> FoundThenMendedAsync(Watch watch, ScratchServer server, FindingCode code, Severity severity, string state, bool goesOn = true)
    {
        var found = await Eventually.GetAsync(async () => await watch.Recovery.RunAsync(default) is [var one] ? one : null, $"finding {code.Value}");
        Assert.That((found.Code, found.Subject, found.Severity, found.State), Is.EqualTo((code, watch.Site.Value.Self.Name, severity, state)), string.Join(" | ", found.Evidence));
        Assert.That(await FollowedRemedy.FollowAsync(found.Remedy, server), Is.True, string.Join(" | ", found.Remedy));
        if (goesOn)
            await Eventually.TrueAsync(async () => await RunsQuietlyAsync(watch), $"quiet look after {string.Join(" | ", found.Remedy)}");
        return found;
    }

    /// <summary>It refuses to start, as foretold; pg_ctl may have seen it come up before it goes.</summary>
    private static async Task RefusesAsync(ScratchServer server)
    {
        try
        {
            await server.StartAsync(default);
        }
        catch (AgentException e)
        {
            Assert.That(e.Message, Does.Contain("did not start"));
        }

        await Eventually.TrueAsync(() => server.PostmasterId() is null, "end of a server that refuses its recovery.conf");
        Assert.That(await File.ReadAllTextAsync(server.LogFile), Does.Contain("using recovery command file \"recovery.conf\" is not supported"));
    }

    /// <summary>A remedy may restart the server: while it is down nothing is judged.</summary>
    private static async Task<bool> RunsQuietlyAsync(Watch watch)
    {
        try
        {
            return (await watch.Recovery.RunAsync(default)).Count == 0;
        }
        catch (LookSuspendedException)
        {
            return false;
        }
    }

    private static Watch On(string self, ScratchServer primary, ScratchServer standby)
    {
        var watch = new Watch(self).With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        return watch;
    }
}
