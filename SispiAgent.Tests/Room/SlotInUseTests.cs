using Npgsql;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>A standby's query that holds vacuum back on the primary, by the slot of the standby.</summary>
[Category("Postgres")]
internal sealed class SlotInUseTests
{
    [Test]
    public async Task The_query_on_the_standby_is_what_is_to_be_ended()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), settings: [("max_replication_slots", "4")]);
        await using var _ = primary;
        await using var __ = standby;
        await primary.ExecuteAsync("SELECT pg_create_physical_replication_slot('of_server3')");
        await standby.ExecuteAsync("ALTER SYSTEM SET primary_slot_name = 'of_server3'");
        await standby.ExecuteAsync("ALTER SYSTEM SET hot_standby_feedback = on");
        await standby.ExecuteAsync("ALTER SYSTEM SET wal_receiver_status_interval = '1s'");
        await standby.ExecuteAsync("SELECT pg_reload_conf()");
        await using var report = await standby.OpenAsync("postgres", default);
        await using (var begin = new NpgsqlCommand("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class", report))
            await begin.ExecuteNonQueryAsync();
        await primary.ExecuteAsync("CREATE TABLE t (i int)");
        await primary.ExecuteAsync("INSERT INTO t VALUES (1)");
        using var site = new RoomSite(primary);
        site.Options.SlotTransactions = 1;

        var finding = await Eventually.GetAsync(async () => (await site.Holders.RunAsync(default)).SingleOrDefault(finding => finding.Evidence.Any(line => line.StartsWith("of_server3, a physical replication slot, in use", StringComparison.Ordinal))), "a slot in use");

        Assert.That(finding.Code, Is.EqualTo(HolderJudge.Slot));
        Assert.That(finding.Remedy, Is.EqualTo(new[] { "End the long query on the standby that uses slot of_server3 (hot_standby_feedback): its pg_stat_activity has the oldest backend_xmin." }));
    }
}
