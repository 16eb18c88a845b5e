using Microsoft.Extensions.Time.Testing;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

[Category("Postgres")]
internal sealed class RolesProbeTests
{
    [TestCase(12)]
    [TestCase(15)]
    [TestCase(18)]
    public async Task A_split_is_seen_from_every_host_with_the_fork_and_who_was_left_behind_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        string[] hosts = ["server2", "server3", "system1"];
        Watch[] watches = [.. hosts.Select(host => new Watch(host).With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby).With("system1", NodeKind.Web))];
        try
        {
            foreach (var watch in watches)
            {
                watch.Postgres.RemoteUser = "postgres";
                await Eventually.TrueAsync(async () => (await watch.Roles.RunAsync(default)).Count == 0 && watch.Seen(watch.Site.Value.Self.Name, "roles").IsWell, "one primary");
            }

            await standby.ExecuteAsync("SELECT pg_promote()");
            await primary.ExecuteAsync("CREATE TABLE only_here AS SELECT repeat('x', 1000) FROM generate_series(1, 3000)");

            foreach (var watch in watches)
            {
                var found = await Eventually.GetAsync(async () => await watch.Roles.RunAsync(default) is [var split, ..] ? split : null, "two primaries");
                Assert.That((found.Code, found.Subject, found.Severity, found.State), Is.EqualTo((RolesJudge.TwoPrimaries, "server2", Severity.Critical, "server2 left behind")), watch.Site.Value.Self.Name);
                Assert.That(found.Evidence, Has.Some.Contains("server3's history leaves timeline 1 at ").And.Contains("server2 was left behind there and has written "));
            }

            await primary.StopAsync();
            foreach (var watch in watches)
                Assert.That(await watch.Roles.RunAsync(default), Is.Empty, "one stopped, one left");
        }
        finally
        {
            foreach (var watch in watches)
                watch.Dispose();
        }
    }

    /// <summary>Facts are minutes old at times: a switch in the meantime must not look like a split, nor like none.</summary>
    [Test]
    public async Task What_an_agent_said_minutes_ago_is_asked_for_again_before_it_is_told()
    {
        await using var primary = await PostgresServers.StartPrimaryAsync();
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database);
        var server3 = watch.Site.Value.Nodes[1];
        watch.Peers.Keep(server3, Facts("server3", "primary"), null);

        // it has no sshd here: asked again, it gives no answer
        Assert.That(await watch.Roles.RunAsync(default), Is.Empty);
        Assert.That(watch.Seen("server2", "roles"), Has.Property("IsWell").True.And.Property("Text").EqualTo("server2 primary (timeline 1)"));

        await primary.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(primary.DataDirectory, "standby.signal"), "");
        await primary.StartAsync(default);
        watch.Peers.Keep(server3, Facts("server3", "standby"), null);
        Assert.That(await watch.Roles.RunAsync(default), Is.Empty, "no primary is no primary only if every host says so now");
        Assert.That(watch.Roles.Unseen, Has.Member(new Unseen("server2", RolesJudge.NoPrimary)), "nor is there one again because a host can't be asked");
    }

    /// <summary>Asked again only after a minute, a frozen server's queue of connections does not fill: it would look like a host that is gone.</summary>
    [Test]
    public async Task A_split_is_not_over_when_one_of_them_can_not_be_seen_any_more()
    {
        var (one, other) = (await PostgresServers.StartPrimaryAsync(), await PostgresServers.StartPrimaryAsync());
        await using var _ = one;
        await using var __ = other;
        using var way = new TcpForwarder(other.Port);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var watch = new Watch("system1", time).With("server2", NodeKind.Database, one).With("server3", NodeKind.Database, way.Port).With("system1", NodeKind.Web);
        watch.Postgres.RemoteUser = "postgres";
        watch.Postgres.ConnectTimeout = TimeSpan.FromSeconds(5);
        Assert.That((await watch.Roles.RunAsync(default)).Single().Code, Is.EqualTo(RolesJudge.TwoPrimaries));

        way.IsStalled = true;
        Assert.That(async () => await watch.Roles.RunAsync(default), Throws.InstanceOf<LookSuspendedException>());
        using (var begun = new Watch("system1", time).With("server2", NodeKind.Database, one).With("server3", NodeKind.Database, way.Port).With("system1", NodeKind.Web))
        {
            begun.Postgres.RemoteUser = "postgres";
            begun.Postgres.ConnectTimeout = TimeSpan.FromSeconds(5);
            Assert.That(await begun.Roles.RunAsync(default), Is.Empty);
            Assert.That(begun.Roles.Unseen, Has.Member(new Unseen("server2", RolesJudge.TwoPrimaries)), "nor is it for an agent that has been started since");
        }

        way.IsStalled = false;
        Assert.That(async () => await watch.Roles.RunAsync(default), Throws.InstanceOf<LookSuspendedException>(), "left alone for a minute");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await watch.Roles.RunAsync(default)).Single().Code, Is.EqualTo(RolesJudge.TwoPrimaries));
        way.Cut();
        Assert.That(await watch.Roles.RunAsync(default), Is.Empty, "nothing listens there any more");
    }

    [Test]
    public async Task A_standby_that_went_its_own_way_can_not_come_back_and_a_paused_one_is_told()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres());
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        await Eventually.TrueAsync(async () => (await watch.Descent.RunAsync(default)).Count == 0, "quiet pair");
        await standby.ExecuteAsync("SELECT pg_wal_replay_pause()");
        Assert.That((await watch.Descent.RunAsync(default)).Single().Code, Is.EqualTo(DescentJudge.ReplayPaused));
        await standby.ExecuteAsync("SELECT pg_wal_replay_resume()");
        Assert.That(await watch.Descent.RunAsync(default), Is.Empty);

        await standby.ExecuteAsync("SELECT pg_promote()");
        await standby.ExecuteAsync("CREATE TABLE astray AS SELECT 1 AS n; CHECKPOINT");
        await standby.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(standby.DataDirectory, "standby.signal"), "");
        await standby.StartAsync(default);

        var found = await Eventually.GetAsync(async () => await watch.Descent.RunAsync(default) is [var astray, ..] ? astray : null, "another timeline");
        Assert.That((found.Code, found.Subject), Is.EqualTo((DescentJudge.OtherTimeline, "server3")));
        Assert.That(found.Evidence, Has.Some.Contains("does not descend from timeline 2"));
        Assert.That(await watch.Receiver.RunAsync(default), Is.Empty, "one fact, one mail: the cause is told");

        await primary.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(primary.DataDirectory, "standby.signal"), "");
        await primary.StartAsync(default);
        using var first = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        first.Postgres.RemoteUser = "postgres";
        Assert.That((await first.Roles.RunAsync(default)).Select(one => one.Code), Is.EqualTo(new[] { RolesJudge.NoPrimary }));
        Assert.That((await watch.Roles.RunAsync(default)).Select(one => one.Code), Is.Empty, "told by one agent");
    }

    private static PeerFacts Facts(string node, string role) =>
        new(1, "", node, "", TimeProvider.System.GetUtcNow(), new ServerFacts("Accepting", true, role, 150000, null, 1, "0/3000000", null), []);
}
