using SispiAgent.History;

namespace SispiAgent.Replication;

/// <summary>When a standby's or mirror's connection began anew, by the process that serves it. Kept in <c>agent.db</c>.</summary>
internal sealed class Connections(Measurements measurements)
{
    private const string Quantity = "WAL connection, process id";

    /// <summary>Notes the process; only another one than before is written down.</summary>
    /// <returns>Since when it is this one.</returns>
    public DateTimeOffset Note(string node, int processId, DateTimeOffset at)
    {
        if (measurements.Latest(node, Quantity) is { } last && last.Value == processId)
            return last.At;
        measurements.Record(new Measurement(node, Quantity, processId, at));
        return at;
    }

    /// <summary>How often it began anew since a moment; the beginning of the record does not count.</summary>
    public int BegunSince(string node, DateTimeOffset from) =>
        measurements.LatestAt(node, Quantity, from.AddMilliseconds(-1)) is null ? Math.Max(0, measurements.Read(node, Quantity, from).Count - 1) : measurements.Read(node, Quantity, from).Count;
}
