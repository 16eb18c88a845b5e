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

    /// <summary>So long what was seen is remembered: two backups and a half. What nobody looks at any more (another role, a removed node) goes then.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(18);

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
        connection.Execute("DELETE FROM observation WHERE at < $old", ("$old", SqliteCommands.Text(seen.At - Remembered)));
    }

    /// <summary>Replaces all that was known of a subject under topics with this beginning: a disk that is there under another name is no second disk.</summary>
    public void RecordAll(string subject, string beginning, IReadOnlyCollection<Observation> seen)
    {
        foreach (var one in seen)
            Record(one);
        using var connection = database.Open();
        foreach (var gone in ReadAll().Where(row => row.Subject == subject && row.Topic.StartsWith(beginning, StringComparison.Ordinal) && !seen.Any(one => one.Topic == row.Topic)))
            connection.Execute("DELETE FROM observation WHERE subject = $subject AND topic = $topic", ("$subject", gone.Subject), ("$topic", gone.Topic));
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
