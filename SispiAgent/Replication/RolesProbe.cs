using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// On every host: is there exactly one primary. Two are mailed by every agent that sees them. Of its own standby each agent, of the
/// mirrors the primary's, says whether it is a copy that can go on.
/// </summary>
internal sealed class RolesProbe(
    CurrentSite site, RolesReader reader, PeerBook peers, Positions positions, StatusBoard board, LiveOptions<PeersOptions> peersOptions, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "replication.roles";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var current = site.Value;
        var views = await reader.ReadAsync(cancellationToken);
        ServerView[] primaries = [.. views.Where(view => view.Role is ServerRole.Primary)];
        foreach (var view in primaries.Where(view => view.Node != current.Self && view.Position is not null && view.Source == "over SQL"))
            positions.Record(view.Node.Name, view.Position!.Value, view.Version, time.GetUtcNow()); // a standby's stall is measured by it

        List<Finding?> findings = [RolesJudge.JudgePrimaries(views)];
        if (PeersProbe.Compares(current, node => peers.Latest(node).SilentRounds >= peersOptions.Current.SilentRounds))
            findings.Add(RolesJudge.JudgeNone(views, current.Servers.Count(node => node.Kind is NodeKind.Database)));
        foreach (var standby in views.Where(view => view.Role is ServerRole.Standby && IsMine(view, current, primaries)))
        {
            findings.Add(DescentJudge.JudgeReplay(standby));
            if (primaries is [var primary])
                findings.Add(DescentJudge.Judge(standby, primary));
        }

        board.Record(new(current.Self.Name, "roles", Describe(views), primaries.Length == 1, time.GetUtcNow()));
        return [.. findings.OfType<Finding>()];
    }

    private static bool IsMine(ServerView view, Site current, ServerView[] primaries) =>
        view.Node == current.Self || (!view.Node.HasAgent && primaries.Length > 0 && primaries[0].Node == current.Self);

    private static string Describe(IReadOnlyList<ServerView> views) => views.Count == 0
        ? "no server's role is known"
        : string.Join(", ", views.Select(view => $"{view.Node.Name} {(view.Role is ServerRole.Primary ? "primary" : "standby")}{(view.Timeline is { } timeline ? FormattableString.Invariant($" (timeline {timeline})") : "")}"));
}
