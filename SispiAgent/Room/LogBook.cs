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
        return connection.Query("SELECT file, offset FROM log_offset", row => (File: row.GetString(0), Offset: row.GetInt64(1))).ToDictionary(row => row.File, row => row.Offset);
    }

    /// <summary>Notes what a look read, lines and offsets together: after a crash nothing is told twice and nothing is lost. Files that are gone are forgotten.</summary>
    public void Record(IReadOnlyDictionary<string, long> offsets, IReadOnlyList<LogLine> lines, DateTimeOffset forgetBefore)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("DELETE FROM log_offset");
        foreach (var (file, offset) in offsets)
            connection.Execute("INSERT INTO log_offset (file, offset) VALUES ($file, $offset)", ("$file", file), ("$offset", offset));
        foreach (var line in lines.OrderBy(line => line.Kind).Take(Most))
            connection.Execute("INSERT INTO log_line (seen, kind, file, line) VALUES ($seen, $kind, $file, $line)", ("$seen", SqliteCommands.Text(line.SeenAt)), ("$kind", line.Kind.ToString()), ("$file", line.File), ("$line", line.Line));
        connection.Execute("DELETE FROM log_line WHERE seen < $then", ("$then", SqliteCommands.Text(forgetBefore)));
        transaction.Commit();
    }

    /// <summary>The lines seen from a moment on, oldest first.</summary>
    public IReadOnlyList<LogLine> Since(DateTimeOffset moment)
    {
        using var connection = database.Open();
        return connection.Query("SELECT kind, file, line, seen FROM log_line WHERE seen >= $from ORDER BY id",
            row => new LogLine(Enum.Parse<LogKind>(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetMoment(3)), ("$from", SqliteCommands.Text(moment)));
    }
}
