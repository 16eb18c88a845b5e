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
    internal static IReadOnlyList<Alert> Read(SqliteConnection connection, string? probe) =>
        connection.Query("SELECT alert FROM alert WHERE $probe IS NULL OR probe = $probe ORDER BY key", row => AlertJson.Read<Alert>(row.GetString(0)), ("$probe", probe));

    internal static void Write(SqliteConnection connection, Alert alert) => connection.Execute(
        "INSERT INTO alert (key, probe, alert) VALUES ($key, $probe, $alert) ON CONFLICT (key) DO UPDATE SET alert = excluded.alert", ("$key", alert.Key), ("$probe", alert.Probe), ("$alert", AlertJson.Write(alert)));

    internal static void Remove(SqliteConnection connection, Alert alert) => connection.Execute("DELETE FROM alert WHERE key = $key", ("$key", alert.Key));
}
