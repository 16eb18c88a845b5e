using Microsoft.Data.Sqlite;
using SispiAgent.Platform;

namespace SispiAgent.Alerts;

/// <summary>The alerts that are open, in <c>agent.db</c>.</summary>
internal sealed class AlertBook(AgentDatabase database)
{
    /// <summary>Its table.</summary>
    public const string Migration = "CREATE TABLE alert (key TEXT PRIMARY KEY, probe TEXT NOT NULL, alert TEXT NOT NULL) STRICT;";

    /// <summary>Every open alert that somebody was told of, the worst first.</summary>
    public IReadOnlyList<Alert> ReadTold()
    {
        using var connection = database.Open();
        return [.. Read(connection, null).Where(alert => alert is { Told: not null, IsOver: false }).OrderByDescending(alert => alert.Finding.Severity).ThenBy(alert => alert.FirstSeen)];
    }

    /// <summary>Every alert of one probe, or of all; also those that nobody was told of, and those that are over and remembered.</summary>
    internal static IReadOnlyList<Alert> Read(SqliteConnection connection, string? probe)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT alert FROM alert WHERE $probe IS NULL OR probe = $probe ORDER BY key";
        command.Parameters.AddWithValue("$probe", (object?)probe ?? DBNull.Value);
        using var rows = command.ExecuteReader();
        List<Alert> found = [];
        while (rows.Read())
            found.Add(AlertJson.Read<Alert>(rows.GetString(0)));
        return found;
    }

    internal static void Write(SqliteConnection connection, Alert alert)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO alert (key, probe, alert) VALUES ($key, $probe, $alert) ON CONFLICT (key) DO UPDATE SET alert = excluded.alert";
        command.Parameters.AddWithValue("$key", alert.Key);
        command.Parameters.AddWithValue("$probe", alert.Probe);
        command.Parameters.AddWithValue("$alert", AlertJson.Write(alert));
        command.ExecuteNonQuery();
    }

    internal static void Remove(SqliteConnection connection, Alert alert)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM alert WHERE key = $key";
        command.Parameters.AddWithValue("$key", alert.Key);
        command.ExecuteNonQuery();
    }
}
