using Microsoft.Extensions.Time.Testing;
using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Replication;
using SispiAgent.Tests.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Liveness;

/// <summary>A standby without hot standby logs each connection that it refuses: looks at it must not fill its log, and miss nothing.</summary>
[Category("Postgres")]
internal sealed class WarmStandbyLogTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [TestCase(10)]
    [TestCase(15)]
    [TestCase(18)]
    public async Task Its_own_hosts_agent_leaves_no_line_and_sees_at_its_next_look_that_it_stopped_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        using var room = new RoomSite(standby);
        await Eventually.TrueAsync(() => IsWarm(standby), "standby without hot standby");
        var before = Refusals(standby);

        for (var look = 0; look < 5; look++)
        {
            Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
            await watch.Roles.RunAsync(default);
            await watch.Receiver.RunAsync(default);
            await watch.Recovery.RunAsync(default);
            await watch.Conflicts.RunAsync(default);
            foreach (var probe in room.OverSql)
                await probe.RunAsync(default);
        }

        Assert.That(Refusals(standby).Except(before), Is.Empty);
        Assert.That(watch.Observed.Latest("server3"), Has.Property("Reach").EqualTo(Reach.NotAccepting).And.Property("Role").EqualTo(ServerRole.Standby));
        await standby.StopAsync();
        Assert.That((await watch.Liveness.RunAsync(default)).Single().State, Is.EqualTo("Refusing"));
        await standby.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Liveness.RunAsync(default)).Count == 0, "standby that is well again");
        standby.Freeze();
        Assert.That((await watch.Liveness.RunAsync(default)).Single().State, Is.EqualTo("NotAnswering"));
        standby.Thaw();
        await Eventually.TrueAsync(async () => (await watch.Liveness.RunAsync(default)).Count == 0, "standby that answers again");
        await standby.KillAsync(default);
        Assert.That((await watch.Liveness.RunAsync(default)).Single().State, Is.EqualTo("Refusing"));
    }

    [TestCase(10)]
    [TestCase(18)]
    public async Task The_agents_of_other_hosts_leave_a_few_lines_a_day_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var web = From("system1", primary, standby);
        using var other = From("server2", primary, standby);
        using var beside = new Watch("server2", _time).With("server2", NodeKind.Database, primary).With("server3", NodeKind.Mirror, standby);
        await Eventually.TrueAsync(async () => IsWarm(standby) && await IsFedAsync(primary), "standby without hot standby");
        var before = Lines(standby);

        for (var look = 0; look < 60; look++) // the first ten minutes as close as the agents look, then up to three and a half hours
        {
            foreach (var watch in new[] { web, other })
                watch.Peers.Keep(watch.Site.Value.Nodes[1], Warm(), null);
            Assert.That(await web.Liveness.RunAsync(default), Is.Empty);
            Assert.That(await beside.Liveness.RunAsync(default), Is.Empty);
            if (look % 2 == 0)
            {
                foreach (var watch in new[] { web, other, beside })
                    Assert.That(await watch.Roles.RunAsync(default), Is.Empty);
                await beside.Conflicts.RunAsync(default);
            }

            _time.Advance(look < 20 ? Heartbeat : TimeSpan.FromMinutes(5));
        }

        // a dozen times in each agent's first hour, then once an hour; the driver tries twice, from 14 on a refusal is two lines
        Assert.That(Lines(standby) - before, Is.InRange(2 * 3, 3 * 4 * 16), "lines");
        Assert.That(web.Seen("server3", "PostgreSQL").Text, Does.StartWith("standby, healthy without hot standby"));

        await standby.StopAsync();
        await web.Liveness.RunAsync(default);
        await beside.Liveness.RunAsync(default);
        Assert.That(web.Observed.Latest("server3")!.Reach, Is.EqualTo(Reach.Refusing));
        Assert.That(beside.Observed.Latest("server3")!.Reach, Is.EqualTo(Reach.Refusing));
    }

    [Test]
    public async Task Its_promotion_is_seen_by_every_host_in_the_next_round()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var web = From("system1", primary, standby);
        using var other = From("server2", primary, standby);
        using var own = From("server3", primary, standby);
        await Eventually.TrueAsync(async () => IsWarm(standby) && await IsFedAsync(primary), "standby without hot standby");
        Watch[] watches = [web, other, own];
        for (var round = 0; round < 24; round++)
        {
            foreach (var watch in watches)
            {
                watch.Peers.Keep(watch.Site.Value.Nodes[1], Warm(), null);
                Assert.That(await watch.Roles.RunAsync(default), Is.Empty);
            }

            _time.Advance(TimeSpan.FromMinutes(5));
        }

        await ToolRunner.RunToSuccessAsync(new ToolCommand(standby.Installation.Program("pg_ctl"), ["promote", "-w", "-s", "-D", standby.DataDirectory]), default);

        foreach (var watch in watches)
            await Eventually.TrueAsync(async () => (await watch.Roles.RunAsync(default)).Any(finding => finding.Code == RolesJudge.TwoPrimaries), $"two primaries from {watch.Site.Value.Self.Name}"); // the clock stands
        Assert.That(await own.Liveness.RunAsync(default), Is.Empty);
        Assert.That(own.Observed.Latest("server3")!.Reach, Is.EqualTo(Reach.Accepting));
    }

    /// <summary>As up to 9.6, which can't be had: there <c>postmaster.pid</c> has no line for it.</summary>
    [Test]
    public async Task Where_its_own_host_does_not_say_that_it_is_not_hot_it_is_tried_seldom_and_its_promotion_seen_at_once()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var own = From("server3", primary, standby);
        await Eventually.TrueAsync(() => IsWarm(standby), "standby without hot standby");
        await HideStatusAsync(standby);
        var before = Lines(standby);
        for (var look = 0; look < 40; look++)
        {
            Assert.That(await own.Liveness.RunAsync(default), Is.Empty);
            _time.Advance(look < 20 ? Heartbeat : TimeSpan.FromMinutes(2.5));
        }

        Assert.That(Lines(standby) - before, Is.InRange(2, 4 * 12), "lines");
        await ToolRunner.RunToSuccessAsync(new ToolCommand(standby.Installation.Program("pg_ctl"), ["promote", "-w", "-s", "-D", standby.DataDirectory]), default);
        await HideStatusAsync(standby);
        Assert.That(await own.Liveness.RunAsync(default), Is.Empty);
        Assert.That(own.Observed.Latest("server3"), Has.Property("Reach").EqualTo(Reach.Accepting).And.Property("Role").EqualTo(ServerRole.Primary));
    }

    private static async Task HideStatusAsync(ScratchServer server)
    {
        var file = Path.Combine(server.DataDirectory, "postmaster.pid");
        await File.WriteAllLinesAsync(file, (await File.ReadAllLinesAsync(file)).Take(7));
    }

    private Watch From(string self, ScratchServer primary, ScratchServer standby)
    {
        var watch = new Watch(self, _time).With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby).With("system1", NodeKind.Web);
        watch.Postgres.RemoteUser = "postgres";
        return watch;
    }

    private PeerFacts Warm() =>
        new(1, "1", "server3", "", _time.GetUtcNow(), new ServerFacts(nameof(Reach.NotAccepting), true, "standby", 150000, null, 1, "0/1", true), []);

    private static bool IsWarm(ScratchServer server) => PostmasterPidFile.Read(server.DataDirectory)?.Status == "standby";

    private static int Lines(ScratchServer server) => File.ReadLines(server.LogFile).Count();

    /// <summary>The lines that a connection left; those of replay come and go by themselves.</summary>
    private static string[] Refusals(ScratchServer server) =>
        [.. File.ReadLines(server.LogFile).Where(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("DETAIL:", StringComparison.Ordinal) || line.Contains("packet", StringComparison.Ordinal) || line.Contains("connection", StringComparison.Ordinal))];

    private static async Task<bool> IsFedAsync(ScratchServer primary)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", connection);
        return (long)(await command.ExecuteScalarAsync())! == 1;
    }
}
