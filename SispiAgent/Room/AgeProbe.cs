using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>How far the primary is from running out of transaction and multixact ids. A standby has the same numbers: not told twice.</summary>
internal sealed class AgeProbe(CurrentSite site, OwnServer server, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "room.age";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        await using var own = await server.OpenAsync(cancellationToken);
        if (own is not { Role: ServerRole.Primary })
            return [];
        var ages = await own.ReadAsync(AgeJudge.Query(own.Version), row => new DatabaseAge(row.GetString(0), row.GetInt64(1), row.Number(2)), cancellationToken);
        var self = site.Value.Self.Name;
        var findings = AgeJudge.Judge(self, ages, options.Current);
        var multixacts = ages.Max(age => age.Multixacts);
        board.Record(new(self, "oldest ids", string.Create(CultureInfo.InvariantCulture, $"transaction {ages.Max(age => age.Transactions):N0} ago{(multixacts is { } m ? string.Create(CultureInfo.InvariantCulture, $", multixact {m:N0} ago") : "")}"), findings.Count == 0, time.GetUtcNow()));
        return findings;
    }
}
