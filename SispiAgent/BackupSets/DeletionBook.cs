using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>The record of every set that retention removed from this host's disk: written before the first file goes, completed after the last one went. In <c>agent.db</c>.</summary>
internal sealed class DeletionBook(AgentDatabase database, TimeProvider time)
{
    /// <summary>Its table.</summary>
    public const string Migration = """
        CREATE TABLE backup_deletion (
            id INTEGER PRIMARY KEY AUTOINCREMENT, backup_set TEXT NOT NULL, reason TEXT NOT NULL, replacement TEXT, bytes INTEGER NOT NULL,
            intended TEXT NOT NULL, completed TEXT, problem TEXT) STRICT;
        CREATE UNIQUE INDEX backup_deletion_open ON backup_deletion (backup_set) WHERE completed IS NULL;
        """;

    /// <summary>Says that a set is going to be removed.</summary>
    public void Intend(string set, string reason, string? replacement, long bytes) => Execute(
        """
        INSERT INTO backup_deletion (backup_set, reason, replacement, bytes, intended) VALUES ($set, $reason, $replacement, $bytes, $now)
        ON CONFLICT (backup_set) WHERE completed IS NULL DO UPDATE SET reason = excluded.reason, replacement = excluded.replacement, bytes = excluded.bytes, intended = excluded.intended, problem = NULL
        """, ("$set", set), ("$reason", reason), ("$replacement", replacement), ("$bytes", bytes), ("$now", Now()));

    /// <summary>Says that it is gone.</summary>
    public void Complete(string set) => Execute("UPDATE backup_deletion SET completed = $now, problem = NULL WHERE backup_set = $set AND completed IS NULL", ("$set", set), ("$now", Now()));

    /// <summary>Says that it could not be removed whole; the next run goes on.</summary>
    public void Fail(string set, string problem) => Execute("UPDATE backup_deletion SET problem = $problem WHERE backup_set = $set AND completed IS NULL", ("$set", set), ("$problem", problem));

    /// <summary>Takes an intention back: nothing of the set has been removed, and it stays.</summary>
    public void Withdraw(string set) => Execute("DELETE FROM backup_deletion WHERE backup_set = $set AND completed IS NULL", ("$set", set));

    /// <summary>Every deletion, the newest first.</summary>
    public IReadOnlyList<SetDeletion> ReadAll()
    {
        using var connection = database.Open();
        return connection.Query("SELECT backup_set, reason, replacement, bytes, intended, completed, problem FROM backup_deletion ORDER BY id DESC", row => new SetDeletion(
            row.GetString(0), row.GetString(1), row.GetText(2), row.GetInt64(3), row.GetMoment(4), row.IsDBNull(5) ? null : row.GetMoment(5), row.GetText(6)));
    }

    private void Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        using var connection = database.Open();
        connection.Execute(sql, parameters);
    }

    private string Now() => SqliteCommands.Text(time.GetUtcNow());
}
