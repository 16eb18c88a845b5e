using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>How many connections this host's server has left, and who holds the others.</summary>
internal sealed class ConnectionsProbe(CurrentSite site, OwnServer server, LiveOptions<RoomOptions> options, StatusBoard board, Measurements measurements, TimeProvider time) : IProbe
{
    /// <summary>The quantity in the history.</summary>
    public const string Quantity = "connections in use";

    /// <inheritdoc/>
    public string Name => "room.connections";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        await using var own = await server.OpenAsync(cancellationToken);
        if (own is null)
            return [];
        var dialect = ConnectionsDialect.For(own.Version);
        var limit = (await own.ReadAsync(dialect.Limit, row => row.GetInt64(0), cancellationToken))[0];
        var holders = await own.ReadAsync(dialect.Holders, row => new ConnectionHolder(row.Text(0), row.Text(1), row.Text(2), row.GetInt64(3), row.GetInt64(4)), cancellationToken);

        var self = site.Value.Self.Name;
        var now = time.GetUtcNow();
        var used = holders.Sum(holder => holder.Count);
        var finding = ConnectionsJudge.Judge(self, limit, holders, options.Current);
        measurements.Record(new Measurement(self, Quantity, used, now));
        board.Record(new(self, "connections", string.Create(CultureInfo.InvariantCulture, $"{used} of {limit} in use"), finding is null, now));
        return finding is null ? [] : [finding];
    }
}
