using SispiAgent.History;

namespace SispiAgent.Replication;

/// <summary>When a standby's or mirror's connection began anew, by the process that serves it, and since when the primary ran then. Kept in <c>agent.db</c>.</summary>
internal sealed class Connections(Measurements measurements)
{
    private const string Quantity = "WAL connection, process id";
    private const string PrimaryStart = "WAL connection, primary's start, ms since 1970";

    /// <summary>Whether another process serves it than the last one that was noted.</summary>
    public bool IsNew(string node, int processId) => measurements.Latest(node, Quantity)?.Value != processId;

    /// <summary>Notes the process; only another one than before is written down.</summary>
    /// <param name="node">The standby or mirror.</param>
    /// <param name="processId">The process.</param>
    /// <param name="primaryStart">When the primary was started; <see langword="null"/> if unknown.</param>
    /// <param name="at">When it was seen, UTC.</param>
    /// <returns>Since when it is this one.</returns>
    public DateTimeOffset Note(string node, int processId, DateTimeOffset? primaryStart, DateTimeOffset at)
    {
        if (measurements.Latest(node, Quantity) is { } last && last.Value == processId)
            return last.At;
        measurements.Record([new(node, Quantity, processId, at), .. primaryStart is { } started ? [new Measurement(node, PrimaryStart, started.ToUnixTimeMilliseconds(), at)] : Array.Empty<Measurement>()]);
        return at;
    }

    /// <summary>How often it began anew since a moment. The beginning of the record does not count, nor one that a restart of the primary made.</summary>
    public int BegunSince(string node, DateTimeOffset from)
    {
        var before = from.AddMilliseconds(-1);
        var starts = measurements.Read(node, PrimaryStart, from).ToDictionary(one => one.At, one => one.Value);
        var known = measurements.LatestAt(node, PrimaryStart, before)?.Value;
        var count = 0;
        foreach (var begun in measurements.Read(node, Quantity, from).Select(one => one.At))
        {
            long? start = starts.TryGetValue(begun, out var told) ? told : null;
            if (start is null || known is null || start == known)
                count++;
            known = start ?? known;
        }

        return measurements.LatestAt(node, Quantity, before) is null ? Math.Max(0, count - 1) : count;
    }
}
