using SispiAgent.Cluster;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Postgres;

/// <summary>Primary, hot standby and standby without hot standby of each version that can be had: every probe says what is so.</summary>
[Category("Postgres")]
internal sealed class VersionMatrixTests
{
    [TestCaseSource(typeof(Versions), nameof(Versions.Majors))]
    public async Task Every_probe_is_right_on(int major)
    {
        var installation = Versions.Require(major);
        await using var primary = await PostgresServers.StoppedAsync(installation);
        await using var hot = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        await using var warm = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        hot.Follow(primary, hotStandby: true, "server3");
        warm.Follow(primary, hotStandby: false, "des10");
        await primary.StartAsync(default);
        await hot.StartAsync(default);
        await warm.StartAsync(default);
        using var onPrimary = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, hot).With("des10", NodeKind.Mirror, warm);
        using var onHot = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, hot);
        using var onWarm = new Watch("warm").With("server2", NodeKind.Database, primary).With("warm", NodeKind.Database, warm);
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT generate_series(1, 1000) AS i");

        await Eventually.TrueAsync(async () => (await onPrimary.Senders.RunAsync(default)).Count == 0 && onPrimary.Seen("des10", "WAL sender").IsWell && onPrimary.Seen("server3", "WAL sender").IsWell, "WAL senders of both");
        foreach (var watch in new[] { onPrimary, onHot, onWarm })
        {
            Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
            Assert.That(await watch.Receiver.RunAsync(default), Is.Empty);
        }

        var seen = onPrimary.Observed.Latest("server2")!;
        var seenHot = onHot.Observed.Latest("server3")!;
        var seenWarm = onWarm.Observed.Latest("warm")!;
        Assert.Multiple(() =>
        {
            Assert.That((seen.Reach, seen.Role, seen.Version / 10000, seen.Timeline), Is.EqualTo((Reach.Accepting, (ServerRole?)ServerRole.Primary, (int?)major, (long?)1)));
            Assert.That((seenHot.Reach, seenHot.Role, seenHot.Timeline), Is.EqualTo((Reach.Accepting, (ServerRole?)ServerRole.Standby, (long?)1)));
            Assert.That((seenWarm.Reach, seenWarm.Role), Is.EqualTo((Reach.NotAccepting, (ServerRole?)ServerRole.Standby)));
            Assert.That(seen.SystemIdentifier, Is.Not.Null.And.EqualTo(seenHot.SystemIdentifier));
            Assert.That(seen.Position, Is.Not.Null);
            Assert.That(seenHot.Position, Is.Not.Null);
            Assert.That(seenHot.Replayed, Is.Not.Null);
            Assert.That(seenHot.ReceiverState, Is.EqualTo("streaming"));
            Assert.That(seen.Local!.Senders.Count(), Is.EqualTo(2));
            Assert.That(onPrimary.Observed.Latest("des10")!.Reach, Is.EqualTo(Reach.NotAccepting));
            Assert.That(onHot.Seen("server3", "WAL receiver").IsWell, Is.True);
            Assert.That(onWarm.Seen("warm", "WAL receiver").IsWell, Is.True);
            Assert.That(onWarm.Seen("warm", "PostgreSQL").Text, Does.Contain("healthy without hot standby"));
        });

        await primary.StopAsync();
        Assert.That((await onPrimary.Liveness.RunAsync(default)).Select(finding => finding.State), Is.EqualTo(new[] { nameof(Reach.Refusing) }));
        await Eventually.TrueAsync(async () => (await onWarm.Receiver.RunAsync(default)).Any(finding => finding.State == "missing"), "missing WAL receiver");
    }
}
