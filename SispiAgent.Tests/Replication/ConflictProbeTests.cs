using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

internal sealed class ConflictProbeTests
{
    [TestCase(10)]
    [TestCase(15)]
    [TestCase(18)]
    [Category("Postgres")]
    public async Task A_query_that_the_mirror_cancels_for_replay_is_told_for_an_hour_on(int major)
    {
        var (primary, mirror) = await PostgresServers.StartPairAsync(Versions.Require(major), standbyName: "des10", settings: ("max_standby_streaming_delay", "0"));
        await using var _ = primary;
        await using var __ = mirror;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var watch = new Watch("server2", time).With("server2", NodeKind.Database, primary).With("des10", NodeKind.Mirror, mirror);
        watch.Postgres.RemoteUser = "postgres";
        await primary.ExecuteAsync("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n");
        await Eventually.TrueAsync(async () => await CountAsync(mirror) == 1000, "replayed table");
        Assert.That(await watch.Conflicts.RunAsync(default), Is.Empty);
        Assert.That(watch.Seen("des10", "replay conflicts").Text, Is.EqualTo("no queries cancelled within the last hour"));

        await using (var reader = await mirror.OpenAsync("postgres", default))
        {
            await ExecuteAsync(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ");
            await ExecuteAsync(reader, "SELECT count(*) FROM t");
            await primary.ExecuteAsync("DELETE FROM t");
            await primary.ExecuteAsync("VACUUM t");
            await Eventually.TrueAsync(async () => await FailsAsync(reader), "cancelled query");
        }

        time.Advance(TimeSpan.FromMinutes(1));
        var found = await Eventually.GetAsync(async () => (await watch.Conflicts.RunAsync(default)).SingleOrDefault(), "conflict");
        Assert.That((found.Code, found.Subject, found.Severity), Is.EqualTo((ConflictJudge.Code, "des10", Severity.Warning)));
        Assert.That(found.Evidence[0], Is.EqualTo("1 query cancelled within the last hour"));
        Assert.That(found.Remedy, Has.Some.StartsWith("On des10, in psql: ALTER SYSTEM SET max_standby_streaming_delay = '5min'; SELECT pg_reload_conf();"));

        await mirror.StopAsync();
        time.Advance(TimeSpan.FromMinutes(55));
        Assert.That(await watch.Conflicts.RunAsync(default), Has.Count.EqualTo(1), "on record, though it can't be asked");
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.That(await watch.Conflicts.RunAsync(default), Is.Empty, "an hour without one");
    }

    [TestCase("", 0)]
    [TestCase("7", 0, Description = "the beginning of the record")]
    [TestCase("7 7 9", 2)]
    [TestCase("7 0 2", 2, Description = "the statistics were reset")]
    [TestCase("7 1", 1)]
    public void A_counter_grows_also_over_a_reset(string counts, long growth) =>
        Assert.That(ConflictBook.Growth([.. counts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(count => long.Parse(count, System.Globalization.CultureInfo.InvariantCulture))]), Is.EqualTo(growth));

    private static async Task<long> CountAsync(SispiAgent.Postgres.ScratchServer server)
    {
        try
        {
            await using var connection = await server.OpenAsync("postgres", default);
            await using var command = new NpgsqlCommand("SELECT count(*) FROM t", connection);
            return (long)(await command.ExecuteScalarAsync())!;
        }
        catch (PostgresException)
        {
            return -1;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<bool> FailsAsync(NpgsqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "SELECT 1");
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }
}
