using System.Globalization;
using Microsoft.Data.Sqlite;
using SispiAgent.Platform;

namespace SispiAgent.Room;

/// <summary>How far each file of the server's log was read, and the lines found there, in <c>agent.db</c>.</summary>
internal sealed class LogBook(AgentDatabase database)
{
    /// <summary>Its tables.</summary>
    public const string Migration = """
        CREATE TABLE log_offset (file TEXT PRIMARY KEY, offset INTEGER NOT NULL) STRICT;
        CREATE TABLE log_line (id INTEGER PRIMARY KEY, seen TEXT NOT NULL, kind TEXT NOT NULL, file TEXT NOT NULL, line TEXT NOT NULL) STRICT;
        """;

    /// <summary>How many lines of one look are kept word by word; the others are counted by the probe.</summary>
    private const int Most = 2000;

    /// <summary>How far each file was read; empty before the first look.</summary>
    public IReadOnlyDictionary<string, long> Offsets()
    {
        using var connection = database.Open();
        using var command = Command(connection, "SELECT file, offset FROM log_offset");
        using var rows = command.ExecuteReader();
        Dictionary<string, long> offsets = [];
        while (rows.Read())
            offsets[rows.GetString(0)] = rows.GetInt64(1);
        return offsets;
    }

    /// <summary>Notes what a look read, lines and offsets together: after a crash nothing is told twice and nothing is lost. Files that are gone are forgotten.</summary>
    public void Record(IReadOnlyDictionary<string, long> offsets, IReadOnlyList<LogLine> lines, DateTimeOffset forgetBefore)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, "DELETE FROM log_offset");
        foreach (var (file, offset) in offsets)
            Execute(connection, "INSERT INTO log_offset (file, offset) VALUES ($file, $offset)", ("$file", file), ("$offset", offset));
        foreach (var line in lines.OrderBy(line => line.Kind).Take(Most))
            Execute(connection, "INSERT INTO log_line (seen, kind, file, line) VALUES ($seen, $kind, $file, $line)", ("$seen", Text(line.SeenAt)), ("$kind", line.Kind.ToString()), ("$file", line.File), ("$line", line.Line));
        Execute(connection, "DELETE FROM log_line WHERE seen < $then", ("$then", Text(forgetBefore)));
        transaction.Commit();
    }

    /// <summary>The lines seen from a moment on, oldest first.</summary>
    public IReadOnlyList<LogLine> Since(DateTimeOffset moment)
    {
        using var connection = database.Open();
        using var command = Command(connection, "SELECT kind, file, line, seen FROM log_line WHERE seen >= $from ORDER BY id", ("$from", Text(moment)));
        using var rows = command.ExecuteReader();
        List<LogLine> lines = [];
        while (rows.Read())
            lines.Add(new(Enum.Parse<LogKind>(rows.GetString(0)), rows.GetString(1), rows.GetString(2), DateTimeOffset.Parse(rows.GetString(3), CultureInfo.InvariantCulture)));
        return lines;
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static void Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] values)
    {
        using var command = Command(connection, sql, values);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
