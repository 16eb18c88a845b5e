using System.Globalization;
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
        {
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT OR REPLACE INTO client_seen (address, user, database, at) VALUES ($address, $user, $database, $at)";
            command.Parameters.AddWithValue("$address", client.Address);
            command.Parameters.AddWithValue("$user", client.User);
            command.Parameters.AddWithValue("$database", client.Database);
            command.Parameters.AddWithValue("$at", Text(client.LastSeen));
            command.ExecuteNonQuery();
        }

        using var forget = connection.CreateCommand();
        forget.CommandText = "DELETE FROM client_seen WHERE at < $at";
        forget.Parameters.AddWithValue("$at", Text(forgetBefore));
        forget.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Everybody who is remembered.</summary>
    public IReadOnlyList<SeenClient> ReadAll()
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT address, user, database, at FROM client_seen ORDER BY address, user, database";
        using var rows = command.ExecuteReader();
        List<SeenClient> clients = [];
        while (rows.Read())
            clients.Add(new(rows.GetString(0), rows.GetString(1), rows.GetString(2), DateTimeOffset.Parse(rows.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)));
        return clients;
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
