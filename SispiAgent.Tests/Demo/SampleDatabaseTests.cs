using Npgsql;
using SispiAgent.Demo;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Demo;

[Category("Postgres")]
internal sealed class SampleDatabaseTests
{
    [Test]
    public async Task It_has_every_schema_of_the_search_path_and_what_makes_restoring_hard()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await SampleDatabase.LoadAsync(server, default, password: "it's secret");

        await using var connection = await server.OpenAsync("decam_prd", default);
        Assert.That(await ColumnAsync(connection, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|information' ORDER BY 1"),
            Is.EqualTo(new[] { "alarms", "bss", "constants", "exposure", "obstac", "public", "telemetry", "users" }));
        Assert.That(await ColumnAsync(connection, "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"), Is.EquivalentTo(SampleDatabase.Databases));
        Assert.That(await ColumnAsync(connection, "SELECT count(*)::text FROM pg_largeobject_metadata"), Is.EqualTo(new[] { "3" }));
        Assert.That(await ColumnAsync(connection, "SELECT relname FROM pg_class WHERE relname LIKE 'monsoon%' AND relkind = 'r'"), Has.Count.EqualTo(4));
        Assert.That(await ColumnAsync(connection, "SELECT relkind::text FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_|information' GROUP BY 1"), Is.SupersetOf(new[] { "r", "v", "m", "S", "i", "p" }));
        Assert.That(await ColumnAsync(connection, "SELECT what FROM exposure.change"), Is.Not.Empty, "the trigger works");
        Assert.That(await ColumnAsync(connection, "SHOW search_path"), Is.EqualTo(new[] { "constants, telemetry, alarms, users, exposure, bss, obstac, \"$user\", public" }));
    }

    [Test]
    public async Task A_larger_one_has_longer_time_series()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await SampleDatabase.LoadAsync(server, default, size: 2);

        await using var connection = await server.OpenAsync("decam_prd", default);
        Assert.That(await ColumnAsync(connection, "SELECT count(*)::text FROM telemetry.monsoon_voltage"), Is.EqualTo(new[] { "30000" }));
    }

    private static async Task<List<string>> ColumnAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        List<string> all = [];
        while (await rows.ReadAsync())
            all.Add(rows.GetString(0));
        return all;
    }
}
