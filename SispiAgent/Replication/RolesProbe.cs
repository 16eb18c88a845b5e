using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On every host: is there exactly one primary. Two are mailed by every agent that sees them; that there is none, by one.</summary>
internal sealed class RolesProbe(CurrentSite site, RolesReader reader, PeerBook peers, StatusBoard board, LiveOptions<PeersOptions> peersOptions, TimeProvider time) : IProbe
{
    /// <summary>The primaries of the split that was last seen.</summary>
    private IReadOnlyList<string> _split = [];

    /// <inheritdoc/>
    public string Name => "replication.roles";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        var current = site.Value;
        var reading = await reader.ReadAsync(cancellationToken);
        var (views, primaries) = (reading.Views, reading.Primaries);
        board.Record(new(current.Self.Name, "roles", Describe(views), primaries.Count == 1, time.GetUtcNow()));

        if (RolesJudge.JudgePrimaries(views) is { } split)
        {
            _split = [.. primaries.Select(view => view.Node.Name)];
            return [split];
        }

        // a split is over when one of them was stopped or is a standby, not when it can't be seen any more
        if (_split.FirstOrDefault(name => views.All(view => view.Node.Name != name) && !reading.Down.Contains(name)) is { } unseen)
            throw new LookSuspendedException($"There were two primaries, and {unseen} can't be seen now.");
        _split = [];
        var isMine = PeersProbe.Compares(current, node => peers.Latest(node).SilentRounds >= peersOptions.Current.SilentRounds);
        Unseen = [.. Undecided(current, reading)];
        return isMine && reading.None is { } none ? [none] : [];
    }

    /// <summary>
    /// What this look can't call over: a split that an agent told before its start, as long as a database server can't be seen that is not surely down; that there
    /// is no primary, as long as none is seen.
    /// </summary>
    private static IEnumerable<Unseen> Undecided(Site current, RolesReading reading)
    {
        var isWhole = current.Servers.All(node => node.Kind is not NodeKind.Database || reading.Down.Contains(node.Name) || reading.Views.Any(view => view.Node == node));
        foreach (var node in current.Servers)
        {
            if (!isWhole)
                yield return new(node.Name, RolesJudge.TwoPrimaries);
            if (reading.Primaries.Count == 0)
                yield return new(node.Name, RolesJudge.NoPrimary);
        }
    }

    private static string Describe(IReadOnlyList<ServerView> views) => views.Count == 0
        ? "no server's role is known"
        : string.Join(", ", views.Select(view => $"{view.Node.Name} {(view.Role is ServerRole.Primary ? "primary" : "standby")}{(view.Timeline is { } timeline ? FormattableString.Invariant($" (timeline {timeline}{Unknown(view)})") : "")}"));

    /// <summary>Said in the status alone, and only where nobody else has told it: it matters when two are primaries, and then the mail says it.</summary>
    private static string Unknown(ServerView view) => view is { IsHistoryForbidden: true, History: null } ? ", its history unknown: not for the agent's role to read, nor told by its own agent" : "";
}
