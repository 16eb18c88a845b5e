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
        connection.Execute(
            """
            INSERT INTO observation (subject, topic, text, is_well, at) VALUES ($subject, $topic, $text, $well, $at)
            ON CONFLICT (subject, topic) DO UPDATE SET text = excluded.text, is_well = excluded.is_well, at = excluded.at
            """,
            ("$subject", seen.Subject), ("$topic", seen.Topic), ("$text", seen.Text), ("$well", seen.IsWell ? 1 : 0), ("$at", SqliteCommands.Text(seen.At)));
    }

    /// <summary>Everything known, by subject and topic.</summary>
    public IReadOnlyList<Observation> ReadAll()
    {
        using var connection = database.Open();
        return connection.Query(
            "SELECT subject, topic, text, is_well, at FROM observation ORDER BY subject, topic",
            row => new Observation(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3) == 1, row.GetMoment(4)));
    }
}
