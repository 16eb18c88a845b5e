using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// Whether a standby or mirror is a copy of the primary that can go on, and replays. Each agent says it of its own standby, the primary's
/// also of the mirrors.
/// </summary>
internal sealed class DescentProbe(CurrentSite site, OwnServer own, RolesReader reader) : IProbe
{
    /// <inheritdoc/>
    public string Name => "replication.descent";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (await own.ReadAsync(cancellationToken) is null)
            return [];
        var self = site.Value.Self;
        var reading = await reader.ReadAsync(cancellationToken);
        var primary = reading.Primaries is [var only] ? only : null;
        List<Finding> findings = [];
        foreach (var standby in reading.Views.Where(view => view.Role is ServerRole.Standby && (view.Node == self || (!view.Node.HasAgent && primary?.Node == self))))
        {
            if (DescentJudge.JudgeReplay(standby) is { } paused)
                findings.Add(paused);

            // an agent's word about the primary may be of before a switch
            if (primary is not null && DescentJudge.Judge(standby, primary) is not null
                && await reader.MakeSureAsync(primary, cancellationToken) is { Role: ServerRole.Primary } sure && DescentJudge.Judge(standby, sure) is { } astray)
                findings.Add(astray);
        }

        return findings;
    }
}
