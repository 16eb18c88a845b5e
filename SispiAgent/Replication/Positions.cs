using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// How far each server's WAL has come, over time: what a primary has written, what a standby or mirror has received. Kept in
/// <c>agent.db</c>: a standby that is gone, and an agent that starts anew, go on from the last position on record.
/// </summary>
internal sealed class Positions(Measurements measurements)
{
    /// <summary>The quantity's name.</summary>
    public const string Quantity = "WAL position, bytes";

    /// <summary>Notes where a server is.</summary>
    public void Record(string node, WalPosition position, int version, DateTimeOffset at) => measurements.Record(Measurement(node, position, version, at));

    /// <summary>Notes where several are, at once.</summary>
    public void Record(IReadOnlyList<(string Node, WalPosition Position)> seen, int version, DateTimeOffset at) =>
        measurements.Record([.. seen.Select(one => Measurement(one.Node, one.Position, version, at))]);

    /// <summary>The last position on record and when it was seen; <see langword="null"/> if there is none.</summary>
    public (WalPosition Position, DateTimeOffset At)? Last(string node, int version) =>
        measurements.Latest(node, Quantity) is { Value: > 0 } last ? (WalPosition.FromBytes(last.Value, version), last.At) : null;

    /// <summary>The positions since a moment, oldest first.</summary>
    public IReadOnlyList<Measurement> Since(string node, DateTimeOffset from) => measurements.Read(node, Quantity, from);

    /// <summary>How fast a server's WAL grows: over the last hour, day and week.</summary>
    public WalRates Rates(string node, DateTimeOffset now, TimeSpan atLeast)
    {
        var week = Since(node, now - TimeSpan.FromDays(7));
        double? Rise(TimeSpan window) => Trend.RisePerSecond([.. week.Where(one => one.At >= now - window)], atLeast);
        return new(Rise(TimeSpan.FromHours(1)), Rise(TimeSpan.FromDays(1)), Rise(TimeSpan.FromDays(7)));
    }

    private static Measurement Measurement(string node, WalPosition position, int version, DateTimeOffset at) => new(node, Quantity, position.ToBytes(version), at);
}
