using Microsoft.Data.Sqlite;
using SispiAgent.Platform;

namespace SispiAgent.History;

/// <summary>
/// Numbers over time, by node and quantity. Kept in <c>agent.db</c> and thinned out with age, so that it stays small: everything for an hour,
/// one a minute for a day, one an hour for a month, one a day for two years.
/// </summary>
internal sealed class Measurements(AgentDatabase database, TimeProvider time)
{
    /// <summary>Its table; the moments are milliseconds since 1970, UTC.</summary>
    public const string Migration = """
        CREATE TABLE measurement (
            node TEXT NOT NULL, quantity TEXT NOT NULL, at INTEGER NOT NULL, value INTEGER NOT NULL,
            PRIMARY KEY (node, quantity, at)) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Older than this, only the last one of each bucket is kept.</summary>
    private static readonly (TimeSpan Age, TimeSpan Bucket)[] Steps =
    [
        (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)), (TimeSpan.FromDays(1), TimeSpan.FromHours(1)), (TimeSpan.FromDays(31), TimeSpan.FromDays(1)),
    ];

    private static readonly TimeSpan Kept = TimeSpan.FromDays(2 * 366);
    private static readonly TimeSpan BetweenThinnings = TimeSpan.FromHours(1);

    private readonly Lock _thinning = new();
    private DateTimeOffset _thinned;

    /// <summary>Adds measurements. One of the same moment is replaced.</summary>
    public void Record(params IReadOnlyList<Measurement> measured)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var one in measured)
            connection.Execute("INSERT OR REPLACE INTO measurement (node, quantity, at, value) VALUES ($node, $quantity, $at, $value)", ("$node", one.Node), ("$quantity", one.Quantity), ("$at", one.At.ToUnixTimeMilliseconds()), ("$value", one.Value));
        if (IsTimeToThin())
            Thin(connection, time.GetUtcNow());
        transaction.Commit();
    }

    /// <summary>All measurements of a quantity from a moment on, oldest first.</summary>
    public IReadOnlyList<Measurement> Read(string node, string quantity, DateTimeOffset from) =>
        Read("at >= $at ORDER BY at", node, quantity, from);

    /// <summary>The newest measurement; <see langword="null"/> if there is none.</summary>
    public Measurement? Latest(string node, string quantity) => LatestAt(node, quantity, DateTimeOffset.MaxValue);

    /// <summary>The newest measurement at or before a moment: what was so then.</summary>
    public Measurement? LatestAt(string node, string quantity, DateTimeOffset at) =>
        Read("at <= $at ORDER BY at DESC LIMIT 1", node, quantity, at) is [var latest] ? latest : null;

    /// <summary>How many measurements are kept, of everything.</summary>
    internal long Count()
    {
        using var connection = database.Open();
        return connection.Scalar<long>("SELECT count(*) FROM measurement");
    }

    private IReadOnlyList<Measurement> Read(string condition, string node, string quantity, DateTimeOffset at)
    {
        using var connection = database.Open();
        return connection.Query(
            "SELECT at, value FROM measurement WHERE node = $node AND quantity = $quantity AND " + condition,
            row => new Measurement(node, quantity, row.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0))),
            ("$node", node), ("$quantity", quantity), ("$at", at.ToUnixTimeMilliseconds()));
    }

    private bool IsTimeToThin()
    {
        var now = time.GetUtcNow();
        lock (_thinning)
        {
            if (now - _thinned < BetweenThinnings)
                return false;
            _thinned = now;
            return true;
        }
    }

    private static void Thin(SqliteConnection connection, DateTimeOffset now)
    {
        connection.Execute("DELETE FROM measurement WHERE at < $limit", ("$limit", (now - Kept).ToUnixTimeMilliseconds()));
        foreach (var (age, bucket) in Steps)
        {
            connection.Execute(
                """
                DELETE FROM measurement WHERE at < $limit AND EXISTS (
                    SELECT 1 FROM measurement later
                    WHERE later.node = measurement.node AND later.quantity = measurement.quantity
                        AND later.at > measurement.at AND later.at < (measurement.at / $bucket + 1) * $bucket)
                """,
                ("$limit", (now - age).ToUnixTimeMilliseconds()), ("$bucket", (long)bucket.TotalMilliseconds));
        }
    }
}
