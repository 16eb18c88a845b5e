using Npgsql;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>A vacuum that waits for a lock has a snapshot.</summary>
[Category("Postgres")]
internal sealed class VacuumSnapshotTests
{
    [TestCase("VACUUM t", 0)]
    [TestCase(" vacuum(ANALYZE) t;", 0)]
    [TestCase("VACUUM FULL t", 1)]
    [TestCase("VACUUM (ANALYZE, FULL) t", 1)]
    public async Task A_vacuum_that_holds_nobody_back_is_no_old_snapshot(string vacuum, int expected)
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        site.Options.SnapshotAfter = TimeSpan.Zero;
        await server.ExecuteAsync("CREATE TABLE t (i int)");
        await using var locking = await server.OpenAsync("postgres", default);
        await using (var begin = new NpgsqlCommand("BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE", locking))
            await begin.ExecuteNonQueryAsync();
        await using var cleaning = await server.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand(vacuum, cleaning);
        var running = command.ExecuteNonQueryAsync();
        await using var looking = await server.OpenAsync("postgres", default); // in no transaction: there it would see the same again and again
        await Eventually.TrueAsync(async () => (await SqlRows.ReadAsync(looking, $"SELECT count(*) FROM pg_stat_activity WHERE pid = {cleaning.ProcessID} AND wait_event_type = 'Lock' AND backend_xmin IS NOT NULL", row => row.GetInt64(0), default))[0] == 1, "a waiting vacuum");

        Assert.That((await site.Holders.RunAsync(default)).Where(finding => finding.Code == HolderJudge.Snapshot).ToArray(), Has.Length.EqualTo(expected));

        await using (var end = new NpgsqlCommand("ROLLBACK", locking))
            await end.ExecuteNonQueryAsync();
        await running;
    }
}
