using System.Globalization;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

/// <summary>The runway foretold on real servers under load, and when the WAL really goes.</summary>
[Category("Postgres")]
internal sealed class RunwayProbeTests
{
    [Test]
    public Task The_deadline_is_foretold_and_the_segment_goes_at_the_checkpoint_after_it() => SideBySide.RunAsync([12, 15, 16, 17, 18], ForetellAsync);

    private static async Task ForetellAsync(int major)
    {
        await using var primary = await PostgresServers.StoppedAsync(Versions.Require(major));
        primary.Set((major >= 13 ? "wal_keep_size" : "wal_keep_segments", major >= 13 ? "64MB" : "4"), ("checkpoint_timeout", "30s"), ("min_wal_size", "32MB"));
        await using var standby = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        await using var mirror = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        standby.Follow(primary, hotStandby: false, "server3");
        mirror.Follow(primary, hotStandby: true, "des10");
        foreach (var server in new[] { primary, standby, mirror })
            await server.StartAsync(default);
        using var watch = Over(primary, mirror).With("server3", NodeKind.Database, standby);
        await using var load = await LearnRateAsync(watch, primary, "des10", "server3");

        await StopAsync(mirror, primary, watch, load);
        var told = await Eventually.GetAsync(async () => (await watch.Runway.RunAsync(default)).FirstOrDefault(found => found.Code == RunwayFindings.TooShort), "runway of the mirror");
        var (toldAt, foretold) = (TimeProvider.System.GetUtcNow(), await RunwayAsync(watch, "des10"));
        Assert.That((told.Subject, told.Severity, told.State), Is.EqualTo(("des10", Severity.Critical, "Counting")));
        Assert.That(told.Summary, Does.StartWith("must reconnect before "));
        var file = Path.Combine(WalDirectory.Of(primary.DataDirectory), foretold.NeededFile);
        Assert.That(file, Does.Exist);

        var usedUpAt = await WhenAsync(primary, foretold.UsedUpAt!.Value, file);
        await Eventually.TrueAsync(() => !File.Exists(file), "checkpoint that takes the segment");
        var goneAt = TimeProvider.System.GetUtcNow();
        await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{major}: told at {toldAt:HH:mm:ss.f}: deadline {foretold.Deadline:HH:mm:ss.f}, probable loss {foretold.ProbableLoss:HH:mm:ss.f}; guarantee used up {usedUpAt:HH:mm:ss.f}, {foretold.NeededFile} gone {goneAt:HH:mm:ss.f}"));

        Assert.That(foretold.Deadline, Is.GreaterThan(toldAt), "foretold early");
        var lost = await Eventually.GetAsync(async () => (await watch.Runway.RunAsync(default)).FirstOrDefault(found => found.State == "Lost"), "lost runway");
        Assert.That(lost.Summary, Is.EqualTo("the WAL that it needs is gone: it needs a re-sync"));
        Assert.That(watch.Seen("server3", RunwayWords.Topic).IsWell, Is.True, "the standby streams on");
        await mirror.StartAsync(default);
        await Eventually.TrueAsync(() => File.ReadAllText(mirror.LogFile).Contains("has already been removed", StringComparison.Ordinal), "the mirror's own word on it");
    }

    [Test]
    public Task A_slot_holds_the_segment_beyond_the_setting_until_it_is_dropped() => SideBySide.RunAsync([12, 15, 18], HoldAsync);

    private static async Task HoldAsync(int major)
    {
        await using var primary = await PostgresServers.StoppedAsync(Versions.Require(major));
        primary.Set((major >= 13 ? "wal_keep_size" : "wal_keep_segments", major >= 13 ? "32MB" : "2"), ("checkpoint_timeout", "30s"), ("min_wal_size", "32MB"));
        await using var mirror = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        mirror.Follow(primary, hotStandby: true, "des10");
        mirror.Set(("primary_slot_name", "des10"));
        if (major < 12)
            Assert.Fail("primary_slot_name is in recovery.conf there");
        await primary.StartAsync(default);
        await primary.ExecuteAsync("SELECT pg_create_physical_replication_slot('des10')");
        await mirror.StartAsync(default);
        using var watch = Over(primary, mirror);
        watch.Replication.WarningBytes = 1 << 20;
        await using var load = await LearnRateAsync(watch, primary, "des10");

        await StopAsync(mirror, primary, watch, load);
        var held = await Eventually.GetAsync(async () => await RunwayAsync(watch, "des10") is { State: RunwayState.HeldBySlot } found ? found : null, "runway that a slot holds");
        Assert.That(held.Slot, Is.EqualTo("des10"));
        var file = Path.Combine(WalDirectory.Of(primary.DataDirectory), held.NeededFile);
        await WhenAsync(primary, held.UsedUpAt!.Value, file);
        await primary.ExecuteAsync("CHECKPOINT");
        Assert.That(file, Does.Exist, "the slot keeps it");
        var findings = await watch.Runway.RunAsync(default);
        Assert.That(findings.Select(found => (found.Code, found.Subject)), Is.EqualTo(new[] { (RunwayFindings.DeadSlot, "server2/des10") }));

        await primary.ExecuteAsync("SELECT pg_drop_replication_slot('des10')");
        await primary.ExecuteAsync("CHECKPOINT");
        Assert.That(file, Does.Not.Exist);
        Assert.That((await watch.Runway.RunAsync(default)).Select(found => (found.Code, found.State)), Is.EqualTo(new[] { (RunwayFindings.TooShort, "Lost") }));
    }

    [Test]
    public Task A_slot_with_a_limit_is_lost_where_its_safe_size_said() => SideBySide.RunAsync([13, 18], LimitAsync);

    private static async Task LimitAsync(int major)
    {
        await using var primary = await PostgresServers.StoppedAsync(Versions.Require(major));
        primary.Set(("wal_keep_size", "0"), ("max_slot_wal_keep_size", "64MB"), ("checkpoint_timeout", "30s"), ("min_wal_size", "32MB"));
        await using var mirror = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        mirror.Follow(primary, hotStandby: true, "des10");
        mirror.Set(("primary_slot_name", "des10"));
        await primary.StartAsync(default);
        await primary.ExecuteAsync("SELECT pg_create_physical_replication_slot('des10')");
        await mirror.StartAsync(default);
        using var watch = Over(primary, mirror);
        await using var load = await LearnRateAsync(watch, primary, "des10");

        await StopAsync(mirror, primary, watch, load);
        var counting = await Eventually.GetAsync(async () => await RunwayAsync(watch, "des10") is { State: RunwayState.Counting, Slot: "des10", Deadline: not null } found ? found : null, "limit of the slot");
        var file = Path.Combine(WalDirectory.Of(primary.DataDirectory), counting.NeededFile);
        await WhenAsync(primary, counting.UsedUpAt!.Value, file);
        await Eventually.TrueAsync(async () =>
        {
            await primary.ExecuteAsync("CHECKPOINT");
            return !File.Exists(file);
        }, "loss of the slot's WAL");

        Assert.That((await RunwayAsync(watch, "des10")).State, Is.EqualTo(RunwayState.Lost));
        Assert.That(watch.Seen("des10", RunwayWords.Topic), Is.Not.Null);
    }

    [Test]
    public async Task What_a_mirror_received_after_the_last_look_is_known_by_its_own_slot()
    {
        await using var primary = await PostgresServers.StoppedAsync(Requires.Postgres());
        primary.Set(("wal_keep_size", "0"), ("min_wal_size", "32MB"));
        await using var mirror = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        mirror.Follow(primary, hotStandby: true, "des10");
        mirror.Set(("primary_slot_name", "des10"));
        await primary.StartAsync(default);
        await primary.ExecuteAsync("SELECT pg_create_physical_replication_slot('des10')");
        await mirror.StartAsync(default);
        using var watch = Over(primary, mirror);
        await Eventually.TrueAsync(async () =>
        {
            await watch.Runway.RunAsync(default);
            return watch.Positions.Last("des10", 150000) is not null;
        }, "look at the connected mirror");

        await primary.ExecuteAsync("SELECT count(*) FROM (SELECT pg_logical_emit_message(false, 'load', repeat('x', 1 << 20)) FROM generate_series(1, 40)) AS written; SELECT pg_switch_wal()");
        await Eventually.TrueAsync(async () =>
        {
            await using var connection = await primary.OpenAsync("postgres", default);
            await using var command = new NpgsqlCommand("SELECT restart_lsn >= pg_current_wal_flush_lsn() FROM pg_replication_slots", connection);
            return await command.ExecuteScalarAsync(default) is true;
        }, "slot at the end");
        await mirror.StopAsync();
        await primary.ExecuteAsync("CHECKPOINT");

        var runway = await Eventually.GetAsync(async () => await RunwayAsync(watch, "des10") is { State: not RunwayState.Connected } found ? found : null, "runway of the mirror");
        Assert.That((runway.State, runway.Slot), Is.EqualTo((RunwayState.HeldBySlot, "des10")));
    }

    private static Watch Over(ScratchServer primary, ScratchServer mirror)
    {
        var watch = new Watch("server2").With("server2", NodeKind.Database, primary).With("des10", NodeKind.Mirror, mirror);
        watch.Replication.RateNeeds = TimeSpan.FromSeconds(5);
        return watch;
    }

    /// <summary>Begins to write, 4 MB a second, and looks until the rate and everybody's position are known.</summary>
    private static async Task<WalLoad> LearnRateAsync(Watch watch, ScratchServer primary, params string[] nodes)
    {
        var load = new WalLoad(primary);
        await Eventually.TrueAsync(async () =>
        {
            await watch.Runway.RunAsync(default);
            return watch.Seen("server2", RunwayWords.Topic).Text.Contains("at the last hour's rate", StringComparison.Ordinal)
                && nodes.All(node => watch.Seen(node, RunwayWords.Topic).Text.StartsWith("connected", StringComparison.Ordinal) && watch.Positions.Last(node, 150000) is not null);
        }, "WAL rate");
        return load;
    }

    /// <summary>Stops the mirror where it was seen last: one that received another segment before its end would need a later file than the one foretold.</summary>
    private static Task StopAsync(ScratchServer mirror, ScratchServer primary, Watch watch, WalLoad load) => load.RestAsync(async () =>
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'load', 'last')::text", connection);
        var last = WalPosition.TryParse((string)(await command.ExecuteScalarAsync())!)!.Value;
        await Eventually.TrueAsync(async () =>
        {
            await watch.Runway.RunAsync(default);
            return watch.Positions.Last("des10", 150000)!.Value.Position.BytesSince(last, 150000) >= 0;
        }, "mirror's last position");
        await mirror.StopAsync();
    });

    private static async Task<Runway> RunwayAsync(Watch watch, string node)
    {
        var status = (await watch.Own.ReadAsync(default))!;
        var report = await watch.Runways.ReadAsync(status, await watch.Fed.ReadAsync(status, default), default);
        return report.Runways.Where(found => found.Node.Name == node).Select(found => found.Runway).FirstOrDefault() ?? new(node, RunwayState.Connected, null, 0);
    }

    /// <summary>Waits until the primary writes at a position; up to there the file is kept.</summary>
    private static async Task<DateTimeOffset> WhenAsync(ScratchServer primary, WalPosition position, string file)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await Eventually.TrueAsync(async () =>
        {
            var wasThere = File.Exists(file);
            await using var command = new NpgsqlCommand("SELECT pg_current_wal_insert_lsn()::text", connection);
            var isThere = WalPosition.TryParse((string)(await command.ExecuteScalarAsync(default))!)!.Value.BytesSince(position, 150000) >= 0;
            Assert.That(wasThere || isThere, Is.True, "kept as long as was said");
            return isThere;
        }, $"primary at {position}");
        return TimeProvider.System.GetUtcNow();
    }
}
