using SispiAgent.Cluster;
using SispiAgent.Platform;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

[Category("Postgres")]
internal sealed class ReceiverProbeTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_receiver_is_seen_frozen_and_gone_with_SQL_and_without(bool hotStandby)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby);
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0 && watch.Seen("server3", "WAL receiver").IsWell, "WAL receiver");

        var receiver = (await watch.Reader.ReadAsync(watch.Site.Value.Self, default)).Local!.Receiver!.Process.Id;
        ProcessSignal.Send(receiver, ProcessSignal.Stop);
        var frozen = await Eventually.GetAsync(async () => await watch.Receiver.RunAsync(default) is [var found] ? found : null, "frozen receiver");
        Assert.That((frozen.Code, frozen.State), Is.EqualTo((ReceiverJudge.Missing, "frozen")), "its title still says that it streams");
        ProcessSignal.Send(receiver, ProcessSignal.Continue);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0, "working receiver");

        await primary.StopAsync();
        var missing = await Eventually.GetAsync(async () => await watch.Receiver.RunAsync(default) is [var found] ? found : null, "missing receiver");
        Assert.That((missing.Code, missing.Subject, missing.State), Is.EqualTo((ReceiverJudge.Missing, "server3", "missing")));
        Assert.That(watch.Seen("server3", "WAL receiver").IsWell, Is.False);

        await primary.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0 && watch.Seen("server3", "WAL receiver").IsWell, "WAL receiver again");
    }
}
