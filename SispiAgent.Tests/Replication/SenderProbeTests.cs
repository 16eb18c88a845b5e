using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
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
    public async Task A_mirror_that_was_promoted_is_a_second_primary_and_not_missing_besides()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10");
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = OnPrimary(primary, mirror);
        watch.Postgres.RemoteUser = "postgres";
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0 && watch.Seen("des10", "WAL sender").IsWell, "WAL sender");

        await mirror.ExecuteAsync("SELECT pg_promote()");
        List<Finding> told = [];
        await Eventually.TrueAsync(async () =>
        {
            told.AddRange(await watch.Senders.RunAsync(default));
            return !watch.Seen("des10", "WAL sender").IsWell;
        }, "a look without the WAL sender");
        told.AddRange(await watch.Senders.RunAsync(default));

        Assert.That(told, Is.Empty);
    }

    [Test]
    public async Task A_standbys_missing_sender_is_its_own_agents_fact_until_that_is_silent()
    {
        await using var primary = await PostgresServers.StartPrimaryAsync();
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database);

        // the first look asks twice: what is missing may be on its way back
        Assert.That(await watch.Senders.RunAsync(default), Is.Empty);
        Assert.That(watch.Senders.Unseen, Is.EqualTo(new[] { new Unseen("server3") }), "what was told before this agent began is not over");
        var finding = (await watch.Senders.RunAsync(default)).Single();

        Assert.That((finding.Code, finding.Subject, finding.Severity), Is.EqualTo((SenderJudge.Missing, "server3", Severity.Critical)));
        Assert.That(finding.Evidence, Has.Some.Contains("its own agent gives no answer"));
    }

    [Test]
    public async Task Lag_counts_bytes_and_says_that_the_WAL_has_arrived()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10", settings: ("max_standby_streaming_delay", "-1"));
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = OnPrimary(primary, mirror);
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0, "WAL sender");
        watch.Replication.WarningBytes = 1 << 20;
        await primary.ExecuteAsync("CREATE TABLE held (i int)");
        var held = await HeldUpAsync(mirror, "held");
        await primary.ExecuteAsync("ALTER TABLE held ADD j int");
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 8000)");

        var finding = await Eventually.GetAsync(async () => (await watch.Senders.RunAsync(default)).FirstOrDefault(found => found.Effect.StartsWith("The WAL has arrived", StringComparison.Ordinal)), "lag");

        Assert.That((finding.Code, finding.Subject, finding.Severity), Is.EqualTo((SenderJudge.Lag, "des10", Severity.Warning)));
        watch.Replication.CriticalBytes = 2 << 20;
        Assert.That((await watch.Senders.RunAsync(default)).Single().Severity, Is.EqualTo(Severity.Critical));
        await held.DisposeAsync();
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0, "replayed WAL");
    }

    /// <summary>What is not replayed while replay is paused is told with the pause; what goes on after it, as lag again.</summary>
    [Test]
    public async Task A_pause_and_the_lag_that_it_makes_are_told_once()
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Requires.Postgres(), standbyName: "des10", settings: ("max_standby_streaming_delay", "-1"));
        await using var _ = primary;
        await using var __ = mirror;
        using var watch = OnPrimary(primary, mirror);
        watch.Postgres.RemoteUser = "postgres";
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0 && (await watch.Descent.RunAsync(default)).Count == 0, "WAL sender");
        watch.Replication.WarningBytes = 1 << 20;
        await primary.ExecuteAsync("CREATE TABLE held (i int)");
        await using var held = await HeldUpAsync(mirror, "held");
        await mirror.ExecuteAsync("SELECT pg_wal_replay_pause()");
        await primary.ExecuteAsync("ALTER TABLE held ADD j int");
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 8000)");
        await Eventually.TrueAsync(async () => (await watch.Fed.ReadAsync((await watch.Own.ReadAsync(default))!, default)).Matched["des10"].Flushed?.ToBytes(150000) >= (await PositionAsync(primary)).ToBytes(150000), "received WAL");

        Assert.That(await watch.Senders.RunAsync(default), Is.Empty, "it is the pause");
        var paused = (await watch.Descent.RunAsync(default)).Single();
        Assert.That((paused.Code, paused.Subject, paused.Severity), Is.EqualTo((DescentJudge.ReplayPaused, "des10", Severity.Warning)));
        Assert.That(paused.Evidence[0], Does.Match(@": ([5-9]|1\d)(\.\d)? MB behind$"));
        watch.Replication.CriticalBytes = 2 << 20;
        Assert.That((await watch.Descent.RunAsync(default)).Single().Severity, Is.EqualTo(Severity.Critical));

        await mirror.ExecuteAsync("SELECT pg_wal_replay_resume()");
        Assert.That(await watch.Descent.RunAsync(default), Is.Empty);
        Assert.That((await watch.Senders.RunAsync(default)).Single(), Has.Property("Code").EqualTo(SenderJudge.Lag).And.Property("Effect").StartsWith("The WAL has arrived"), "a query holds it up now");
        Assert.That(watch.Descent.Unseen, Is.Empty);
        await mirror.StopAsync();
        Assert.That(await watch.Descent.RunAsync(default), Is.Empty);
        Assert.That(watch.Descent.Unseen, Has.Member(new Unseen("des10")), "what it had is not over because it can't be asked");
    }

    [Test]
    public async Task A_pause_whose_own_agent_is_silent_does_not_hide_the_lag()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres());
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0 && watch.Seen("server3", "WAL sender").IsWell, "WAL sender");
        watch.Replication.WarningBytes = 1 << 20;
        await standby.ExecuteAsync("SELECT pg_wal_replay_pause()");
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 8000)");
        await Eventually.TrueAsync(async () => (await watch.Fed.ReadAsync((await watch.Own.ReadAsync(default))!, default)).Matched["server3"].Flushed?.ToBytes(150000) >= (await PositionAsync(primary)).ToBytes(150000), "received WAL");

        // each look asks once; it has no sshd here
        Assert.That(await watch.Senders.RunAsync(default), Is.Empty);
        Assert.That(await watch.Senders.RunAsync(default), Is.Empty);
        Assert.That((await watch.Senders.RunAsync(default)).Single().Code, Is.EqualTo(SenderJudge.Lag));
    }

    /// <summary>The standby lets the primary's agent in over no SQL: only its own agent can say that replay is paused.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_pause_that_only_its_own_agent_knows_of_is_no_lag_besides(bool isPaused)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres());
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, port: 1, dataDirectory: standby.DataDirectory);
        using var there = new Watch("server3").With("server2", NodeKind.Database, port: 1).With("server3", NodeKind.Database, standby);
        await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Count == 0 && watch.Seen("server3", "WAL sender").IsWell, "WAL sender");
        watch.Replication.WarningBytes = 1 << 20;
        await standby.ExecuteAsync("SELECT pg_wal_replay_pause()");
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 8000)");
        await Eventually.TrueAsync(async () => (await watch.Fed.ReadAsync((await watch.Own.ReadAsync(default))!, default)).Matched["server3"].Flushed?.ToBytes(150000) >= (await PositionAsync(primary)).ToBytes(150000), "received WAL");

        Assert.That((await watch.Senders.RunAsync(default)).Single().Code, Is.EqualTo(SenderJudge.Lag), "nobody has said why");

        // asked again it has no sshd here: its word is of just before
        var status = (await there.Own.ReadAsync(default))!;
        watch.Peers.Keep(watch.Site.Value.Peers.Single(), new PeerFacts(1, "", "server3", "", TimeProvider.System.GetUtcNow(), new ServerFacts("Accepting", true, "standby", status.Version, status.SystemIdentifier, 1, status.Position?.ToString(), true) { IsReplayPaused = isPaused && status.IsReplayPaused }, []), null);
        Assert.That((await watch.Senders.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(isPaused ? Array.Empty<FindingCode>() : [SenderJudge.Lag]));
        Assert.That((await there.Descent.RunAsync(default)).Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (DescentJudge.ReplayPaused, "server3") }), "its own agent tells");
        Assert.That((await watch.Senders.RunAsync(default)).Single().Code, Is.EqualTo(SenderJudge.Lag), "its agent has been silent for too long to have told");
    }

    /// <summary>A query that replay has to wait for.</summary>
    private static async Task<NpgsqlConnection> HeldUpAsync(ScratchServer standby, string table)
    {
        var connection = await Eventually.GetAsync(async () =>
        {
            var held = await standby.OpenAsync("postgres", default);
            try
            {
                await using var query = new NpgsqlCommand($"BEGIN; SELECT * FROM {table}", held);
                await query.ExecuteNonQueryAsync();
                return held;
            }
            catch (PostgresException)
            {
                await held.DisposeAsync();
                return null; // the table has not come yet
            }
        }, "table on the standby");
        return connection;
    }

    private static async Task<WalPosition> PositionAsync(ScratchServer primary)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand("SELECT pg_current_wal_flush_lsn()::text", connection);
        return WalPosition.TryParse((string)(await command.ExecuteScalarAsync())!)!.Value;
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
