using System.Globalization;
using Microsoft.Data.Sqlite;
using SispiAgent.Platform;

namespace SispiAgent.History;

/// <summary>The newest thing known about each subject, well or not: what <c>status</c> and the foot of every mail show. Kept in <c>agent.db</c>.</summary>
internal sealed class StatusBoard(AgentDatabase database)
{
    /// <summary>Its table.</summary>
    public const string Migration = """
        CREATE TABLE observation (
            subject TEXT NOT NULL, topic TEXT NOT NULL, text TEXT NOT NULL, is_well INTEGER NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (subject, topic)) STRICT;
        """;

    /// <summary>Replaces what was known of a subject's topic.</summary>
    public void Record(Observation seen)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO observation (subject, topic, text, is_well, at) VALUES ($subject, $topic, $text, $well, $at)
            ON CONFLICT (subject, topic) DO UPDATE SET text = excluded.text, is_well = excluded.is_well, at = excluded.at
            """;
        command.Parameters.AddWithValue("$subject", seen.Subject);
        command.Parameters.AddWithValue("$topic", seen.Topic);
        command.Parameters.AddWithValue("$text", seen.Text);
        command.Parameters.AddWithValue("$well", seen.IsWell ? 1 : 0);
        command.Parameters.AddWithValue("$at", seen.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        command.ExecuteNonQuery();
    }

    /// <summary>Everything known, by subject and topic.</summary>
    public IReadOnlyList<Observation> ReadAll()
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT subject, topic, text, is_well, at FROM observation ORDER BY subject, topic";
        using var rows = command.ExecuteReader();
        List<Observation> all = [];
        while (rows.Read())
            all.Add(Read(rows));
        return all;
    }

    private static Observation Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3) == 1,
        DateTimeOffset.Parse(row.GetString(4), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));
}
