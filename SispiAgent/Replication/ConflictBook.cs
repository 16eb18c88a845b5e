using SispiAgent.History;

namespace SispiAgent.Replication;

/// <summary>How the counts of cancelled queries grew. Kept in <c>agent.db</c>; only changes are written down.</summary>
internal sealed class ConflictBook(Measurements measurements)
{
    /// <summary>Notes a count.</summary>
    public void Note(string node, string kind, long count, DateTimeOffset at)
    {
        if (measurements.Latest(node, Quantity(kind))?.Value != count)
            measurements.Record(new Measurement(node, Quantity(kind), count, at));
    }

    /// <summary>By how much it grew since a moment; the beginning of the record does not count.</summary>
    public long GrownSince(string node, string kind, DateTimeOffset from)
    {
        var counts = measurements.Read(node, Quantity(kind), from).Select(one => one.Value);
        return Growth([.. measurements.LatestAt(node, Quantity(kind), from.AddMilliseconds(-1)) is { } before ? counts.Prepend(before.Value) : counts]);
    }

    /// <summary>The growth of a counter that begins at 0 again when the statistics are reset.</summary>
    internal static long Growth(IReadOnlyList<long> counts) => counts.Zip(counts.Skip(1), (before, after) => after >= before ? after - before : after).Sum();

    private static string Quantity(string kind) => $"replay conflicts, {kind}";
}
