using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;
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
        Assert.That(frozen.Remedy[0], Is.EqualTo($"On server3: kill -CONT {receiver}"));
        Assert.That(await FollowedRemedy.FollowAsync(frozen.Remedy, standby), Is.True);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0, "working receiver");

        await primary.StopAsync();
        var missing = await Eventually.GetAsync(async () => await watch.Receiver.RunAsync(default) is [var found] ? found : null, "missing receiver");
        Assert.That((missing.Code, missing.Subject, missing.State), Is.EqualTo((ReceiverJudge.Missing, "server3", "missing")));
        Assert.That(watch.Seen("server3", "WAL receiver").IsWell, Is.False);

        await primary.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Receiver.RunAsync(default)).Count == 0 && watch.Seen("server3", "WAL receiver").IsWell, "WAL receiver again");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_receiver_that_receives_nothing_while_the_primary_goes_on_has_stalled_though_its_title_says_streaming(bool hotStandby)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby);
        await using var _ = primary;
        await using var __ = standby;
        using var line = new TcpForwarder(primary.Port);
        await standby.StopAsync();
        standby.Set(("primary_conninfo", $"host=127.0.0.1 port={line.Port} user=postgres application_name=server3"));
        await standby.StartAsync(default);
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        async Task<Finding?> LookAsync()
        {
            await TellAsync(watch, primary);
            return (await watch.Receiver.RunAsync(default)).SingleOrDefault();
        }

        await Eventually.TrueAsync(async () => await LookAsync() is null && watch.Seen("server3", "WAL receiver").IsWell, "WAL receiver");
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
        await Eventually.TrueAsync(async () => (await watch.Reader.ReadAsync(watch.Site.Value.Self, default)).Local!.Receiver?.Position is not null, "a position in the receiver's title");
        line.IsHeld = true;
        Assert.That(await LookAsync(), Is.Null, "nothing is late yet");
        await primary.ExecuteAsync("CREATE TABLE much AS SELECT md5(g::text) AS text FROM generate_series(1, 400000) g");

        var stalled = await Eventually.GetAsync(LookAsync, "stalled receiver");
        Assert.That((stalled.Code, stalled.Subject), Is.EqualTo((ReceiverJudge.Stalled, "server3")));
        Assert.That(stalled.Evidence, Has.Some.StartsWith("the primary has written ").And.Some.Contains("since anything was received here"));

        line.IsHeld = false;
        await Eventually.TrueAsync(async () => await LookAsync() is null, "WAL received again");
    }

    /// <summary>The primary's agent answers with where its server is.</summary>
    private static async Task TellAsync(Watch watch, ScratchServer primary)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await using var command = new Npgsql.NpgsqlCommand("SELECT pg_current_wal_lsn()::text", connection);
        var lsn = (string)(await command.ExecuteScalarAsync())!;
        watch.Peers.Keep(watch.Site.Value.Nodes[0], new PeerFacts(1, "", "server2", "", TimeProvider.System.GetUtcNow(), new ServerFacts("Accepting", true, "primary", 150000, null, 1, lsn, null), []), null);
    }
}
