using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

internal sealed class FlappingTests
{
    [TestCase(0, false)]
    [TestCase(2, false, Description = "the standby was restarted twice")]
    [TestCase(3, false)]
    [TestCase(4, true)]
    [TestCase(60, true)]
    public void A_connection_that_begins_anew_too_often_is_told(int begun, bool isTold) =>
        Assert.That(Flapping.Judge("server3", begun, 150000)?.Code.Value, Is.EqualTo(isTold ? "replication.flapping" : null));

    [TestCase(90000, "")]
    [TestCase(90200, "replication_timeout")]
    [TestCase(90300, "wal_sender_timeout wal_receiver_timeout")]
    [TestCase(180000, "wal_sender_timeout wal_receiver_timeout")]
    public void Only_settings_that_the_version_has_are_named(int version, string settings)
    {
        string[] all = ["replication_timeout", "wal_sender_timeout", "wal_receiver_timeout"];
        var text = Flapping.Judge("server3", Flapping.TooOften, version)!.Remedy[0];

        Assert.That(all.Where(text.Contains), Is.EqualTo(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Test, Category("Postgres")]
    public async Task A_receiver_that_dies_again_and_again_is_told_though_each_look_finds_one()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), settings: ("wal_retrieve_retry_interval", "100ms"));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database).With("server3", NodeKind.Database, standby);

        // the first one is no new beginning
        for (var died = 0; died < Flapping.TooOften; died++)
        {
            var old = (await NextAsync(watch, null)).Process.Id;
            Assert.That(await watch.Receiver.RunAsync(default), Is.Empty, $"after {died}");
            ProcessSignal.Send(old, ProcessSignal.Terminate);
            await NextAsync(watch, old);
        }

        var found = (await watch.Receiver.RunAsync(default)).Single();
        Assert.That((found.Code, found.Subject, found.Severity), Is.EqualTo((Flapping.Code, "server3", Severity.Warning)));
        Assert.That(found.Evidence, Is.EqualTo(new[] { "it began anew 4 times within the last hour; 4 are too many" }));
    }

    [Test, Category("Postgres")]
    public async Task The_primary_tells_it_of_the_mirror_by_its_senders()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10", settings: ("wal_retrieve_retry_interval", "100ms"));
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("des10", NodeKind.Mirror, mirror);

        for (var died = 0; died < Flapping.TooOften; died++)
        {
            await Eventually.TrueAsync(async () => await SenderAsync(primary) is not null, "WAL sender");
            Assert.That(await watch.Senders.RunAsync(default), Is.Empty, $"after {died}");
            var old = await SenderAsync(primary);
            await primary.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
            await Eventually.TrueAsync(async () => await SenderAsync(primary) is { } now && now != old, "another WAL sender");
        }

        Assert.That((await watch.Senders.RunAsync(default)).Select(found => (found.Code, found.Subject)), Is.EqualTo(new[] { (Flapping.Code, "des10") }));
    }

    /// <summary>That the primary was started again is a fact of its own, which its agent tells (room.restarted).</summary>
    [TestCase("over SQL"), Category("Postgres")]
    [TestCase("by its agent")]
    public async Task Restarts_of_the_primary_do_not_count(string known)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), settings: ("wal_retrieve_retry_interval", "100ms"));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, known == "over SQL" ? primary.Port : 1).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";

        for (var restarted = 0; restarted <= Flapping.TooOften; restarted++)
        {
            var old = (await NextAsync(watch, null)).Process.Id;
            await TellAsync();
            Assert.That(await watch.Receiver.RunAsync(default), Is.Empty, $"after {restarted}");
            await primary.StopAsync();
            await primary.StartAsync(default);
            await Eventually.TrueAsync(async () => await SenderAsync(primary) is not null, "WAL sender"); // one that came too early is gone then
            await NextAsync(watch, old);
        }

        // its own breaks count beside them
        for (var died = 0; died < Flapping.TooOften; died++)
        {
            var old = (await NextAsync(watch, null)).Process.Id;
            await TellAsync();
            Assert.That(await watch.Receiver.RunAsync(default), Is.Empty, $"dead after {died}");
            ProcessSignal.Send(old, ProcessSignal.Terminate);
            await NextAsync(watch, old);
        }

        await TellAsync();
        Assert.That((await watch.Receiver.RunAsync(default)).Select(found => (found.Code, found.Subject)), Is.EqualTo(new[] { (Flapping.Code, "server3") }));

        async Task TellAsync()
        {
            if (known == "over SQL")
                return;
            using var there = new Watch("server2").With("server2", NodeKind.Database, primary);
            var status = (await there.Own.ReadAsync(default))!;
            watch.Peers.Keep(watch.Site.Value.Peers.Single(), new PeerFacts(1, "", "server2", "", TimeProvider.System.GetUtcNow(), new ServerFacts("Accepting", true, "primary", 150000, null, 1, status.Position?.ToString(), null) { StartedAt = status.StartedAt }, []), null);
        }
    }

    [Test, Category("Postgres")]
    public async Task Restarts_of_the_primary_do_not_count_for_the_mirror()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10", settings: ("wal_retrieve_retry_interval", "100ms"));
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("des10", NodeKind.Mirror, mirror);

        for (var restarted = 0; restarted <= Flapping.TooOften; restarted++)
        {
            await Eventually.TrueAsync(async () => await SenderAsync(primary) is not null, "WAL sender");
            Assert.That(await watch.Senders.RunAsync(default), Is.Empty, $"after {restarted}");
            await primary.StopAsync();
            await primary.StartAsync(default);
        }
    }

    private static Task<ServerProcess> NextAsync(Watch watch, int? old) => Eventually.GetAsync(
        async () => (await watch.Reader.ReadAsync(watch.Site.Value.Self, default)).Local!.Receiver is { } receiver && receiver.Process.Id != old ? receiver : null, "another WAL receiver");

    private static async Task<int?> SenderAsync(ScratchServer primary)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        return (await WalSender.ReadAllAsync(connection, 150000, default)).FirstOrDefault(sender => sender.State == "streaming")?.ProcessId;
    }
}
