using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Postgres;

[Category("Postgres")]
internal sealed class ScratchServerTests
{
    [Test]
    public async Task A_server_starts_answers_and_leaves_nothing_behind()
    {
        var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE TABLE t (i int)");
        var id = server.PostmasterId()!.Value;

        await server.DisposeAsync();

        Assert.That(Directory.Exists(server.Folder), Is.False);
        Assert.That(SispiAgent.Platform.ProcessSignal.IsRunning(id), Is.False);
    }

    [Test]
    public async Task A_standby_without_hot_standby_streams_and_answers_no_SQL()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;

        Assert.That(async () => await standby.OpenAsync("postgres", default), Throws.InstanceOf<Npgsql.PostgresException>().With.Property("SqlState").EqualTo("57P03"));
        await Eventually.TrueAsync(async () =>
        {
            await using var connection = await primary.OpenAsync("postgres", default);
            await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM pg_stat_replication WHERE application_name = 'server3'", connection);
            return await command.ExecuteScalarAsync() is 1L;
        }, "WAL sender");
    }
}
