using SispiAgent.Platform;

namespace SispiAgent.Readiness;

/// <summary>Who was seen connected to the primary. Kept in <c>agent.db</c>.</summary>
internal sealed class ClientBook(AgentDatabase database)
{
    /// <summary>Its table.</summary>
    public const string Migration = """
        CREATE TABLE client_seen (
            address TEXT NOT NULL, user TEXT NOT NULL, database TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (address, user, database)) STRICT;
        """;

    /// <summary>Notes who is there, and forgets who was not there for long.</summary>
    public void Record(IEnumerable<SeenClient> clients, DateTimeOffset forgetBefore)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var client in clients)
            connection.Execute("INSERT OR REPLACE INTO client_seen (address, user, database, at) VALUES ($address, $user, $database, $at)", ("$address", client.Address), ("$user", client.User), ("$database", client.Database), ("$at", SqliteCommands.Text(client.LastSeen)));
        connection.Execute("DELETE FROM client_seen WHERE at < $at", ("$at", SqliteCommands.Text(forgetBefore)));
        transaction.Commit();
    }

    /// <summary>Everybody who is remembered.</summary>
    public IReadOnlyList<SeenClient> ReadAll()
    {
        using var connection = database.Open();
        return connection.Query("SELECT address, user, database, at FROM client_seen ORDER BY address, user, database", row => new SeenClient(row.GetString(0), row.GetString(1), row.GetString(2), row.GetMoment(3)));
    }
}
