using SispiAgent.History;

namespace SispiAgent.Replication;

/// <summary>How the counts of cancelled queries grew. Kept in <c>agent.db</c>: changes, and every now and then that there was none.</summary>
internal sealed class ConflictBook(Measurements measurements)
{
    private static readonly TimeSpan Renewed = TimeSpan.FromMinutes(15);

    /// <summary>What is older was not looked at since: another host was the primary, or nobody could ask. What grew meanwhile grew at no known time.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromHours(2);

    /// <summary>Notes a count.</summary>
    public void Note(string node, string kind, long count, DateTimeOffset at)
    {
        if (measurements.Latest(node, Quantity(kind)) is not { } last || last.Value != count || at - last.At >= Renewed)
            measurements.Record(new Measurement(node, Quantity(kind), count, at));
    }

    /// <summary>By how much it grew since a moment; the beginning of the record does not count.</summary>
    public long GrownSince(string node, string kind, DateTimeOffset from)
    {
        var counts = measurements.Read(node, Quantity(kind), from).Select(one => one.Value);
        return Growth([.. measurements.LatestAt(node, Quantity(kind), from.AddMilliseconds(-1)) is { } before && from - before.At <= Old ? counts.Prepend(before.Value) : counts]);
    }

    /// <summary>The growth of a counter that begins at 0 again when the statistics are reset.</summary>
    internal static long Growth(IReadOnlyList<long> counts) => counts.Zip(counts.Skip(1), (before, after) => after >= before ? after - before : after).Sum();

    private static string Quantity(string kind) => $"replay conflicts, {kind}";
}
