using System.Globalization;
using Microsoft.Data.Sqlite;
using SispiAgent.Platform;

namespace SispiAgent.Conformance;

/// <summary>What changed in a server's configuration, and between which looks. Kept in <c>agent.db</c>.</summary>
internal sealed class DriftBook(AgentDatabase database)
{
    /// <summary>Its tables: the last look of each node, and what had changed at a look.</summary>
    public const string Migration = """
        CREATE TABLE configuration_seen (node TEXT PRIMARY KEY, at TEXT NOT NULL, text TEXT NOT NULL) STRICT;
        CREATE TABLE configuration_change (
            id INTEGER PRIMARY KEY, node TEXT NOT NULL, since TEXT NOT NULL, at TEXT NOT NULL, diff TEXT NOT NULL, mail TEXT) STRICT;
        """;

    /// <summary>Notes a look; where it differs from the one before, the change.</summary>
    public void Record(string node, IReadOnlyList<string> lines, DateTimeOffset at)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        using var before = Command(connection, "SELECT at, text FROM configuration_seen WHERE node = $node", ("$node", node));
        (string At, string[] Lines)? last = null;
        using (var row = before.ExecuteReader())
        {
            if (row.Read())
                last = (row.GetString(0), row.GetString(1).Split('\n'));
        }

        if (last is { } seen && LineDiff.Of(seen.Lines, lines) is { Count: > 0 } diff)
            Execute(connection, "INSERT INTO configuration_change (node, since, at, diff) VALUES ($node, $since, $at, $diff)", ("$node", node), ("$since", seen.At), ("$at", Text(at)), ("$diff", string.Join('\n', diff)));
        Execute(connection, "INSERT OR REPLACE INTO configuration_seen (node, at, text) VALUES ($node, $at, $text)", ("$node", node), ("$at", Text(at)), ("$text", string.Join('\n', lines)));
        transaction.Commit();
    }

    /// <summary>The changes that a mail tells: those that no other mail has. Asked again for the same mail, they are the same.</summary>
    public IReadOnlyList<ConfigurationChange> ClaimFor(string mail)
    {
        using (var connection = database.Open())
            Execute(connection, "UPDATE configuration_change SET mail = $mail WHERE mail IS NULL", ("$mail", mail));
        return Read("mail = $at", mail);
    }

    /// <summary>The changes seen from a moment on, told or not, oldest first.</summary>
    public IReadOnlyList<ConfigurationChange> Since(DateTimeOffset moment) => Read("at >= $at", Text(moment));

    private List<ConfigurationChange> Read(string condition, string at)
    {
        using var connection = database.Open();
        using var command = Command(connection, $"SELECT id, node, since, at, diff FROM configuration_change WHERE {condition} ORDER BY id", ("$at", at));
        using var rows = command.ExecuteReader();
        List<ConfigurationChange> changes = [];
        while (rows.Read())
            changes.Add(new(rows.GetInt64(0), rows.GetString(1), Moment(rows.GetString(2)), Moment(rows.GetString(3)), rows.GetString(4).Split('\n')));
        return changes;
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static void Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}

/// <summary>A change of a server's configuration.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Node">The server.</param>
/// <param name="Since">The last look before it, UTC.</param>
/// <param name="At">The first look after it, UTC.</param>
/// <param name="Diff">Lines that went (<c>-</c>) and came (<c>+</c>).</param>
internal sealed record ConfigurationChange(long Id, string Node, DateTimeOffset Since, DateTimeOffset At, IReadOnlyList<string> Diff);
