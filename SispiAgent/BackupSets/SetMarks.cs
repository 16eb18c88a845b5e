using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>What was seen of sets after they were made: a verification here, a proven copy there. In <c>agent.db</c>; losing it only makes the agent prove copies again.</summary>
internal sealed class SetMarks(AgentDatabase database, TimeProvider time)
{
    /// <summary>Its table.</summary>
    public const string Migration = "CREATE TABLE set_mark (backup_set TEXT NOT NULL, node TEXT NOT NULL, at TEXT NOT NULL, problem TEXT, PRIMARY KEY (backup_set, node)) STRICT;";

    /// <summary>One look at one set on one host.</summary>
    /// <param name="Set">The set's id.</param>
    /// <param name="Node">Where.</param>
    /// <param name="At">When, UTC.</param>
    /// <param name="Problem">What was wrong; <see langword="null"/>: every hash matched.</param>
    internal sealed record Mark(string Set, string Node, DateTimeOffset At, string? Problem);

    /// <summary>Remembers a look.</summary>
    public void Record(string set, string node, string? problem)
    {
        using var connection = database.Open();
        connection.Execute(
            "INSERT INTO set_mark (backup_set, node, at, problem) VALUES ($set, $node, $at, $problem) ON CONFLICT (backup_set, node) DO UPDATE SET at = excluded.at, problem = excluded.problem",
            ("$set", set), ("$node", node), ("$at", SqliteCommands.Text(time.GetUtcNow())), ("$problem", problem));
    }

    /// <summary>Every look.</summary>
    public IReadOnlyList<Mark> ReadAll()
    {
        using var connection = database.Open();
        return connection.Query("SELECT backup_set, node, at, problem FROM set_mark ORDER BY at", row => new Mark(row.GetString(0), row.GetString(1), row.GetMoment(2), row.GetText(3)));
    }
}
