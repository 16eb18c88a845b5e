using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges sequences and integer keys. Pure.</summary>
internal static class KeysJudge
{
    /// <summary>A sequence comes to its end.</summary>
    public static readonly FindingCode Sequence = new("room.sequence");

    /// <summary>An integer key comes to its end.</summary>
    public static readonly FindingCode Key = new("room.integer-key");

    /// <summary>A database can't be looked at.</summary>
    public static readonly FindingCode Unread = new("room.keys-unread");

    /// <summary>Says that a database can't be looked at while the server answers.</summary>
    public static Finding JudgeUnread(string node, string database, string because) => new(Unread, $"{node}/{database}", Severity.Warning, "the sequences and keys of a database can't be read")
    {
        Evidence = [$"{database}: {because}"],
        Effect = "A sequence or key there that comes to its end would not be seen. What was told of it before stays open.",
        Remedy = ["Let the agent's user into this database: pg_hba.conf of this host, its line for the unix socket; then SELECT pg_reload_conf();", "A database that nobody needs any more: DROP DATABASE."],
    };

    /// <summary>Judges each: one finding an object. A column whose own sequence is told has no other room than that.</summary>
    public static IReadOnlyList<Finding> Judge(string node, IReadOnlyList<IntegerKey> keys, RoomOptions options)
    {
        IntegerKey[] full = [.. keys.Where(key => key.UsedPercent >= options.KeysWarningPercent)];
        var fed = full.Where(IsSequence).ToLookup(key => (key.Database, key.Column));
        return [.. full.Where(key => IsSequence(key) || !fed[(key.Database, key.Column)].Any(sequence => SeverityOf(sequence, options) >= SeverityOf(key, options))).OrderByDescending(key => key.UsedPercent).Select(key => One(node, key, options))];
    }

    private static bool IsSequence(IntegerKey key) => key.Increment != 0;

    private static Severity SeverityOf(IntegerKey key, RoomOptions options) => key.UsedPercent >= options.KeysCriticalPercent ? Severity.Critical : Severity.Warning;

    private static Finding One(string node, IntegerKey key, RoomOptions options)
    {
        var isSequence = IsSequence(key);
        return new(isSequence ? Sequence : Key, $"{node}/{key.Database}/{key.Name}", SeverityOf(key, options), isSequence ? "a sequence comes to its end" : "an integer key comes to its end")
        {
            Evidence =
            [
                string.Create(CultureInfo.InvariantCulture, $"{key.Name} in {key.Database} stands at {key.Value:N0} of {key.Limit:N0}: {key.UsedPercent} %"),
                key.Feeds.Length > 0 ? $"it gives values to {key.Feeds}" : isSequence ? "it belongs to no column" : "no sequence of its own was asked: the largest value in the table",
            ],
            Effect = "At the end every INSERT that needs a new value fails.",
            Remedy = [.. Remedy(key)],
        };
    }

    private static IEnumerable<string> Remedy(IntegerKey key)
    {
        var (column, sequence) = key.Widening;
        if (column.Length > 0 && key.Widening.IsPartitionKey)
            yield return $"In {key.Database}: its table is partitioned by this column, so that its type can't be changed: a new table with a bigint column, filled in steps, swapped in; together with the columns that refer to it.";
        else if (column.Length > 0)
            yield return $"In {key.Database}, at a quiet time (it rewrites the table under an exclusive lock), together with the columns that refer to it: {column}";
        if (sequence.Length > 0)
            yield return column.Length > 0 ? $"Then, for the sequence keeps its old end: {sequence}" : $"In {key.Database}, if nobody gave it this end on purpose: {sequence}";
        if (column.Length > 0 && !key.Widening.IsPartitionKey)
            yield return "Without a long lock: a new bigint column, filled in steps, swapped in.";
        else if (column.Length == 0 && key.Feeds.Length == 0)
            yield return "Look at every column that takes its values: a smallint or integer one has to become bigint first.";
    }
}
