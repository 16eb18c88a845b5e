using SispiAgent.Cluster;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

/// <summary>From 14 on a hot standby that has less than its primary pauses its replay by itself, and shuts down when it is resumed.</summary>
[Category("Postgres")]
internal sealed class ShortSettingsTests
{
    [TestCase(14, "server3")]
    [TestCase(15, "server3")]
    [TestCase(18, "server3")]
    [TestCase(15, "des10")]
    [TestCase(17, "des10")]
    public async Task Replay_that_stopped_by_itself_goes_on_when_mended_as_told_on(int major, string name)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major), standbyName: name);
        await using var _ = primary;
        await using var __ = standby;
        var isMirror = name == "des10";
        using var watch = new Watch(isMirror ? "server2" : "server3").With("server2", NodeKind.Database, primary).With(name, isMirror ? NodeKind.Mirror : NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        await Eventually.TrueAsync(async () => (await watch.Descent.RunAsync(default)).Count == 0, "quiet standby");

        primary.Set(("max_connections", "120"), ("max_worker_processes", "12"));
        await primary.StopAsync();
        await primary.StartAsync(default);
        await primary.ExecuteAsync("CREATE TABLE t (i int)");
        var found = await Eventually.GetAsync(async () => (await watch.Descent.RunAsync(default)).SingleOrDefault(), "pause");

        Assert.That((found.Code, found.Subject, found.State), Is.EqualTo((DescentJudge.ReplayPaused, name, "settings")));
        Assert.That(found.Summary, Is.EqualTo("replay has stopped by itself: max_connections and max_worker_processes are smaller than the primary's"));
        Assert.That(found.Evidence, Does.Contain($"max_connections: {name} 100, the primary 120").And.Contain($"max_worker_processes: {name} 8, the primary 12"));
        Assert.That(found.Remedy.Any(step => step.Contains("SELECT pg_wal_replay_resume()", StringComparison.Ordinal)), Is.False, "that would shut it down");
        Assert.That(found.Remedy[^1], Does.Contain("shuts the server down"));

        Assert.That(await FollowedRemedy.FollowAsync(found.Remedy, standby), Is.True, string.Join(" | ", found.Remedy));
        await Eventually.TrueAsync(async () => (await watch.Descent.RunAsync(default)).Count == 0 && await HasTableAsync(standby), "replay");
    }

    [TestCase(15)]
    public async Task Resumed_as_such_it_shuts_down_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        primary.Set(("max_connections", "120"));
        await primary.StopAsync();
        await primary.StartAsync(default);
        await Eventually.TrueAsync(async () => (await watch.Own.ReadAsync(default))!.IsReplayPaused, "pause");

        await standby.ExecuteAsync("SELECT pg_wal_replay_resume()");

        await Eventually.TrueAsync(() => Task.FromResult(standby.PostmasterId() is null), "a standby that is down: what the remedy warns of");
    }

    [TestCase(15)]
    public async Task A_pause_by_hand_is_ended_by_hand_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        using var watch = new Watch("server3").With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        await standby.ExecuteAsync("SELECT pg_wal_replay_pause()");

        var found = (await watch.Descent.RunAsync(default)).Single();

        Assert.That((found.Code, found.State, found.Remedy.Single()), Is.EqualTo((DescentJudge.ReplayPaused, "", "On server3: SELECT pg_wal_replay_resume();")));
    }

    private static async Task<bool> HasTableAsync(ScratchServer standby)
    {
        await using var connection = await standby.OpenAsync("postgres", default);
        await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM pg_class WHERE relname = 't'", connection);
        return await command.ExecuteScalarAsync() is 1L;
    }
}
