using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// Whether a standby or mirror is a copy of the primary that can go on, and replays. Each agent says it of its own standby, the primary's
/// also of the mirrors.
/// </summary>
internal sealed class DescentProbe(CurrentSite site, OwnServer own, RolesReader reader, DescentLook look, ShortSettingsReader settings, LiveOptions<ReplicationOptions> options) : IProbe
{
    /// <inheritdoc/>
    public string Name => "replication.descent";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        if (await own.ReadAsync(cancellationToken) is not { } status)
            return [];
        var current = site.Value;
        var self = current.Self;

        // a primary knows itself: the other database server is asked only where something seems wrong
        var reading = await reader.ReadAsync(status.Role is ServerRole.Primary ? [self, .. current.Servers.Where(node => !node.HasAgent)] : current.Servers, cancellationToken);
        var primary = reading.Primaries is [var only] ? only : null;
        Unseen = [.. Undecided(self, status.Role is ServerRole.Primary ? [self, .. current.Servers.Where(node => !node.HasAgent)] : [self], reading, primary)];
        List<Finding> findings = [];
        foreach (var standby in reading.Views.Where(view => view.Role is ServerRole.Standby && (view.Node == self || (!view.Node.HasAgent && primary?.Node == self))))
        {
            var shorts = standby.IsReplayPaused ? await settings.ReadAsync(standby.Node, standby.Version, standby.Node == self ? status.Local?.Control : null, primary?.Node, cancellationToken) : [];
            if (DescentJudge.JudgeReplay(standby, options.Current, shorts) is { } paused)
                findings.Add(paused);
            if (await look.JudgeAsync(standby.Node, reading, cancellationToken) is not null && await look.JudgeAsync(standby.Node, cancellationToken) is { } astray)
                findings.Add(astray);
        }

        return findings;
    }

    /// <summary>Who can't be seen is not well for that; and whether one can follow is judged by a primary that is seen, with its history.</summary>
    private static IEnumerable<Unseen> Undecided(Node self, IReadOnlyList<Node> watched, RolesReading reading, ServerView? primary)
    {
        foreach (var node in watched)
        {
            if (node != self && reading.Views.All(view => view.Node != node))
                yield return new(node.Name);
            else if (primary is null)
                yield return new(node.Name, DescentJudge.OtherCluster);
            if (primary is not { History: not null })
                yield return new(node.Name, DescentJudge.OtherTimeline);
        }
    }
}
