using SispiAgent.Cluster;
using SispiAgent.Findings;
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

    [Test]
    public async Task A_standby_that_went_its_own_way_can_not_come_back_and_a_paused_one_is_told()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres());
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        await Eventually.TrueAsync(async () => (await watch.Roles.RunAsync(default)).Count == 0, "quiet pair");
        await standby.ExecuteAsync("SELECT pg_wal_replay_pause()");
        Assert.That((await watch.Roles.RunAsync(default)).Single().Code, Is.EqualTo(DescentJudge.ReplayPaused));
        await standby.ExecuteAsync("SELECT pg_wal_replay_resume()");
        Assert.That(await watch.Roles.RunAsync(default), Is.Empty);

        await standby.ExecuteAsync("SELECT pg_promote()");
        await standby.ExecuteAsync("CREATE TABLE astray AS SELECT 1 AS n; CHECKPOINT");
        await standby.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(standby.DataDirectory, "standby.signal"), "");
        await standby.StartAsync(default);

        var found = await Eventually.GetAsync(async () => await watch.Roles.RunAsync(default) is [var astray, ..] ? astray : null, "another timeline");
        Assert.That((found.Code, found.Subject), Is.EqualTo((DescentJudge.OtherTimeline, "server3")));
        Assert.That(found.Evidence, Has.Some.Contains("does not descend from timeline 2"));

        await primary.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(primary.DataDirectory, "standby.signal"), "");
        await primary.StartAsync(default);
        using var first = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        first.Postgres.RemoteUser = "postgres";
        Assert.That((await first.Roles.RunAsync(default)).Select(one => one.Code), Is.EqualTo(new[] { RolesJudge.NoPrimary }));
        Assert.That((await watch.Roles.RunAsync(default)).Select(one => one.Code), Is.Empty, "told by one agent");
    }
}
