using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

[Category("Postgres")]
internal sealed class SenderProbeTests
{
    [Test]
    public async Task A_mirror_that_stops_is_missed_and_its_return_is_seen()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10");
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = OnPrimary(primary, mirror);
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0, "WAL sender");

        await mirror.StopAsync();
        var finding = await Eventually.GetAsync(async () => await watch.Senders.RunAsync(default) is [var found] ? found : null, "missing WAL sender");

        Assert.That((finding.Code, finding.Subject, finding.Severity), Is.EqualTo((SenderJudge.Missing, "des10", Severity.Warning)));
        Assert.That(watch.Seen("des10", "WAL sender"), Has.Property("Text").EqualTo("missing").And.Property("IsWell").False);
        await primary.StopAsync();
        Assert.That(async () => await watch.Senders.RunAsync(default), Throws.InstanceOf<LookSuspendedException>(), "a primary that is down has not mended it");
        await primary.StartAsync(default);
        await mirror.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0, "WAL sender again");
        Assert.That(watch.Seen("des10", "WAL sender").IsWell, Is.True);
    }

    [Test]
    public async Task A_standbys_missing_sender_is_its_own_agents_fact_until_that_is_silent()
    {
        await using var primary = await PostgresServers.StartPrimaryAsync();
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database);

        // the first look asks twice: what is missing may be on its way back
        Assert.That(await watch.Senders.RunAsync(default), Is.Empty);
        var finding = (await watch.Senders.RunAsync(default)).Single();

        Assert.That((finding.Code, finding.Subject, finding.Severity), Is.EqualTo((SenderJudge.Missing, "server3", Severity.Critical)));
        Assert.That(finding.Evidence, Has.Some.Contains("its own agent gives no answer"));
    }

    [Test]
    public async Task Lag_counts_bytes_and_says_that_the_WAL_has_arrived()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10");
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = OnPrimary(primary, mirror);
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0, "WAL sender");
        watch.Replication.WarningBytes = 1 << 20;
        await mirror.ExecuteAsync("SELECT pg_wal_replay_pause()");
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 8000)");

        var finding = await Eventually.GetAsync(async () => (await watch.Senders.RunAsync(default)).FirstOrDefault(found => found.Effect.StartsWith("The WAL has arrived", StringComparison.Ordinal)), "lag");

        Assert.That((finding.Code, finding.Subject, finding.Severity), Is.EqualTo((SenderJudge.Lag, "des10", Severity.Warning)));
        watch.Replication.CriticalBytes = 2 << 20;
        Assert.That((await watch.Senders.RunAsync(default)).Single().Severity, Is.EqualTo(Severity.Critical));
        await mirror.ExecuteAsync("SELECT pg_wal_replay_resume()");
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0, "replayed WAL");
    }

    [Test]
    public async Task A_tool_that_stores_WAL_is_no_standby()
    {
        await using var primary = await PostgresServers.StartPrimaryAsync();
        using var folder = new TempFolder();
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("des10", NodeKind.Mirror);
        using var ending = new CancellationTokenSource();
        var receiving = ToolRunner.RunAsync(new ToolCommand(primary.Installation.Program("pg_receivewal"), ["-h", "127.0.0.1", "-p", $"{primary.Port}", "-U", "postgres", "-D", folder.Folder]), ending.Token);
        await Eventually.TrueAsync(async () =>
        {
            await using var connection = await primary.OpenAsync("postgres", default);
            return (await WalSender.ReadAllAsync(connection, 150000, default)).Any(sender => sender.State == "streaming");
        }, "streaming pg_receivewal");

        Assert.That((await watch.Senders.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { SenderJudge.Missing }));

        await ending.CancelAsync();
        Assert.That(async () => await receiving, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_role_that_may_not_see_calls_nothing_missing()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10");
        await using var _ = primary;
        await using var __ = mirror;
        await primary.ExecuteAsync("CREATE ROLE watcher LOGIN");
        using var watch = OnPrimary(primary, mirror);
        watch.Postgres.LocalUser = "watcher";

        var finding = await Eventually.GetAsync(async () => (await watch.Senders.RunAsync(default)).FirstOrDefault(found => found.Code != SenderJudge.Missing), "sender");

        Assert.That((finding.Code, finding.Subject), Is.EqualTo((SenderJudge.NoPermission, "server2")));
        await primary.ExecuteAsync("GRANT pg_monitor TO watcher");
        Assert.That(await watch.Senders.RunAsync(default), Is.Empty, "the remedy, followed");
    }

    private static Watch OnPrimary(ScratchServer primary, ScratchServer mirror) =>
        new Watch("server2").With("server2", NodeKind.Database, primary).With("des10", NodeKind.Mirror, mirror);
}
