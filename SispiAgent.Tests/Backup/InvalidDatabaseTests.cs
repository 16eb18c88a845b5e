using SispiAgent.Backup;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>Minor releases from 2023 on mark a database whose DROP DATABASE was interrupted: nobody can connect to it.</summary>
[Category("Postgres")]
internal sealed class InvalidDatabaseTests
{
    [Test]
    public async Task One_that_was_half_dropped_is_not_dumped_and_said_to_be_closed()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE DATABASE half");
        await server.ExecuteAsync("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half'");
        await using var connection = await server.OpenAsync("postgres", default);

        Assert.That((await CatalogReader.DatabasesAsync(connection, default)).Select(database => database.Name), Is.EquivalentTo(new[] { "postgres", "template1" }));
        Assert.That(await CatalogReader.ClosedAsync(connection, default), Is.EqualTo(new[] { "half" }));
    }
}
