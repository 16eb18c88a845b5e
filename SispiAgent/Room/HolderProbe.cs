using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>What holds vacuum back on this host's server: prepared transactions, sessions, slots.</summary>
internal sealed class HolderProbe(CurrentSite site, OwnServer server, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "room.holders";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        await using var own = await server.OpenAsync(cancellationToken);
        if (own is null)
            return [];
        List<VacuumHolder> holders = [];
        foreach (var (kind, sql) in HolderDialect.For(own.Version).Queries)
            holders.AddRange(await own.ReadAsync(sql, row => new VacuumHolder(kind, row.Text(0), row.Text(1), row.IsDBNull(2) ? null : row.GetDouble(2), row.Number(3)) { Process = row.Number(4) }, cancellationToken));

        var self = site.Value.Self.Name;
        var findings = HolderJudge.Judge(self, holders, options.Current);
        var longest = holders.Max(holder => holder.Since);
        board.Record(new(self, "vacuum held back", holders.Count == 0 ? "by nothing" : string.Create(CultureInfo.InvariantCulture, $"by {holders.Count}{(longest is { } seconds ? $", the oldest for {Durations.Words(TimeSpan.FromSeconds(seconds))}" : "")}"), findings.Count == 0, time.GetUtcNow()));
        return findings;
    }
}
