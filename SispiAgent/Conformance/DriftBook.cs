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

    /// <summary>How each look was made, and what of it a look of the other kind sees too; empty of those before this.</summary>
    public const string KindMigration = """
        ALTER TABLE configuration_seen ADD COLUMN kind TEXT NOT NULL DEFAULT '';
        ALTER TABLE configuration_seen ADD COLUMN files TEXT NOT NULL DEFAULT '';
        """;

    /// <summary>Notes a look; where it differs from the one before, the change. After a failover a server is looked at otherwise: then only what both kinds of look see is compared, by what it means.</summary>
    public void Record(string node, SeenConfiguration look, DateTimeOffset at)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        (string At, SeenConfiguration Look)? last = connection.Query(
            "SELECT at, kind, text, files FROM configuration_seen WHERE node = $node", row => (row.GetString(0), new SeenConfiguration(row.GetString(1), row.GetString(2).Split('\n'), row.GetString(3).Split('\n', StringSplitOptions.RemoveEmptyEntries))), ("$node", node)) is [var row] ? row : null;
        if (last is { } seen && Difference(seen.Look, look) is { Count: > 0 } diff)
            connection.Execute("INSERT INTO configuration_change (node, since, at, diff) VALUES ($node, $since, $at, $diff)", ("$node", node), ("$since", seen.At), ("$at", SqliteCommands.Text(at)), ("$diff", string.Join('\n', diff)));
        connection.Execute(
            "INSERT OR REPLACE INTO configuration_seen (node, at, kind, text, files) VALUES ($node, $at, $kind, $text, $files)",
            ("$node", node), ("$at", SqliteCommands.Text(at)), ("$kind", look.Kind), ("$text", string.Join('\n', look.Lines)), ("$files", string.Join('\n', look.OfFiles)));
        transaction.Commit();
    }

    private static IReadOnlyList<string> Difference(SeenConfiguration before, SeenConfiguration now) =>
        before.Kind.Length == 0 || before.Kind == now.Kind ? LineDiff.Of(before.Lines, now.Lines) : before.OfFiles.Count == 0 || now.OfFiles.Count == 0 ? [] : SettingLines.Difference(before.OfFiles, now.OfFiles);

    /// <summary>The changes that a mail tells: those that no other mail has. Asked again for the same mail, they are the same.</summary>
    public IReadOnlyList<ConfigurationChange> ClaimFor(string mail)
    {
        using (var connection = database.Open())
            connection.Execute("UPDATE configuration_change SET mail = $mail WHERE mail IS NULL", ("$mail", mail));
        return Read("mail = $at", mail);
    }

    /// <summary>The changes seen from a moment on, told or not, oldest first.</summary>
    public IReadOnlyList<ConfigurationChange> Since(DateTimeOffset moment) => Read("at >= $at", SqliteCommands.Text(moment));

    /// <summary>A server's newest change; <see langword="null"/> if none was seen.</summary>
    public ConfigurationChange? Latest(string node) => Read("node = $at AND id = (SELECT max(id) FROM configuration_change WHERE node = $at)", node) is [var latest] ? latest : null;

    private IReadOnlyList<ConfigurationChange> Read(string condition, string at)
    {
        using var connection = database.Open();
        return connection.Query($"SELECT id, node, since, at, diff FROM configuration_change WHERE {condition} ORDER BY id",
            row => new ConfigurationChange(row.GetInt64(0), row.GetString(1), row.GetMoment(2), row.GetMoment(3), row.GetString(4).Split('\n')), ("$at", at));
    }
}

/// <summary>A server's configuration at a look.</summary>
/// <param name="Kind">Where it was read: the running server, or its files.</param>
/// <param name="Lines">All that is set.</param>
/// <param name="OfFiles">What the files set, with the value that the running server has of it; empty: not seen.</param>
internal sealed record SeenConfiguration(string Kind, IReadOnlyList<string> Lines, IReadOnlyList<string> OfFiles);

/// <summary>A change of a server's configuration.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Node">The server.</param>
/// <param name="Since">The last look before it, UTC.</param>
/// <param name="At">The first look after it, UTC.</param>
/// <param name="Diff">Lines that went (<c>-</c>) and came (<c>+</c>).</param>
internal sealed record ConfigurationChange(long Id, string Node, DateTimeOffset Since, DateTimeOffset At, IReadOnlyList<string> Diff);
