using System.Collections.Concurrent;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>What one round found.</summary>
/// <param name="Views">Every server whose role is known.</param>
/// <param name="Down">The servers that are surely down: nothing listens on their port.</param>
internal sealed record RolesReading(IReadOnlyList<ServerView> Views, IReadOnlyList<string> Down)
{
    /// <summary>Those that accept writes.</summary>
    public IReadOnlyList<ServerView> Primaries => [.. Views.Where(view => view.Role is ServerRole.Primary)];

    /// <summary>How many database servers the site has.</summary>
    public int DatabaseServers { get; init; }

    /// <summary>What there is to tell if none of them is the primary.</summary>
    public Finding? None => RolesJudge.JudgeNone(Views, DatabaseServers);
}

/// <summary>Finds out which server is what: over SQL, from the own host, and from the other agents' facts where no SQL is answered.</summary>
internal sealed class RolesReader(CurrentSite site, ServerReader reader, HistoryReader histories, Refusals refusals, FedNodesReader senders, PeerBook peers, TimeProvider time)
{
    private const string Asked = "its own agent says";

    /// <summary>
    /// A frozen server's kernel takes connections until its queue is full (max_connections, doubled); from then on the host would look unreachable. One that
    /// turns the agent away logs each attempt. Both are left alone for so long; heartbeats go on.
    /// </summary>
    private static readonly TimeSpan LeftAlone = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _leftAlone = new();

    /// <summary>Reads every server. That there are two primaries, or none, rests on no word that is minutes old: it is asked for again.</summary>
    public Task<RolesReading> ReadAsync(CancellationToken cancellationToken) => ReadAsync(site.Value.Servers, cancellationToken);

    /// <summary>Reads some of them.</summary>
    public async Task<RolesReading> ReadAsync(IEnumerable<Node> servers, CancellationToken cancellationToken)
    {
        var found = await LookAsync([.. servers], cancellationToken);
        string[] down = [.. found.Where(one => one.IsDown).Select(one => one.Node.Name)];
        var reading = new RolesReading([.. found.Select(one => one.View).OfType<ServerView>()], down) { DatabaseServers = site.Value.Servers.Count(node => node.Kind is NodeKind.Database) };
        return reading.Primaries.Count == 1
            ? reading
            : reading with { Views = [.. (await Task.WhenAll(reading.Views.Select(view => MakeSureAsync(view, cancellationToken)))).OfType<ServerView>()] };
    }

    /// <summary>Asks again for what is only an agent's word: it may be minutes old, and the roles have been swapped since. Of a primary, also for its history.</summary>
    /// <returns><see langword="null"/> if its agent gives no answer now: then nothing is known of it.</returns>
    public async Task<ServerView?> MakeSureAsync(ServerView view, CancellationToken cancellationToken)
    {
        if (view.Node == site.Value.Self || !view.Node.HasAgent || (view.Source != Asked && (view.Role is ServerRole.Standby || view.History is not null)))
            return view;
        var facts = FromFacts(view.Node, await peers.AskAsync(view.Node, cancellationToken));
        return view.Source == Asked ? facts : view with { History = facts?.History is { } told && told.Timeline == view.Timeline ? told : null };
    }

    /// <summary>Whether one server is a primary that can be seen now.</summary>
    public async Task<bool> IsPrimaryAsync(Node node, CancellationToken cancellationToken)
    {
        refusals.Forget(node);
        return (await LookAsync(node, cancellationToken)).View is { Role: ServerRole.Primary };
    }

    /// <summary>A server that is taken to let nobody in is not tried as long as a primary feeds it: it was not promoted. Else it may have been.</summary>
    private async Task<Look[]> LookAsync(IReadOnlyList<Node> servers, CancellationToken cancellationToken)
    {
        IReadOnlyList<Node> spared = [.. servers.Where(node => node != site.Value.Self && refusals.IsBelieved(node))];
        var found = await Task.WhenAll(servers.Select(node => LookAsync(node, cancellationToken)));
        foreach (var primary in found)
        {
            if (spared.Count > 0 && primary is { Status.Role: ServerRole.Primary })
                spared = await senders.FindUnfedAsync(primary.Node, primary.Status, spared, cancellationToken);
        }

        foreach (var node in spared)
            refusals.Forget(node);
        return spared.Count == 0 ? found : await Task.WhenAll(found.Select(look => spared.Contains(look.Node) ? LookAsync(look.Node, cancellationToken) : Task.FromResult(look)));
    }

    private async Task<Look> LookAsync(Node node, CancellationToken cancellationToken)
    {
        if (node != site.Value.Self && _leftAlone.TryGetValue(node.Name, out var since) && time.GetUtcNow() - since < LeftAlone)
            return new(node, FromFacts(node, peers.Latest(node)), null, false);
        var status = await reader.ReadAsync(node, cancellationToken);
        if (status.Reach is Reach.NotAnswering or Reach.Full or Reach.BadCredentials or Reach.AccessRefused or Reach.NotPostgres)
            _leftAlone[node.Name] = time.GetUtcNow();
        else
            _leftAlone.TryRemove(node.Name, out _);
        if (status.Role is { } role)
            return new(node, await ViewAsync(node, role, status, cancellationToken), status, false);
        var isDown = status.Local is { } local ? local.Postmaster is null : status.Reach is Reach.Refusing;
        return new(node, node == site.Value.Self ? null : FromFacts(node, peers.Latest(node)), status, isDown);
    }

    private async Task<ServerView> ViewAsync(Node node, ServerRole role, ServerStatus status, CancellationToken cancellationToken)
    {
        var view = new ServerView(node, role, status.Timeline, status.Position, status.SystemIdentifier, status.KnownVersion, node == site.Value.Self ? "seen on this host" : "over SQL")
        {
            ReplayPoints = status.ReplayPoints,
            Replayed = status.Replayed,
            IsReplayPaused = status.IsReplayPaused,
            StartedAt = status.StartedAt,
            // one that is refused for its timeline comes and goes: only one that streams counts
            IsReceiving = status.ReceiverState is { } state ? state == "streaming" : status.Local is { } local ? local.Receiver is { Position: not null } : null,
        };
        if (role is ServerRole.Standby)
            return view;
        if (status.Timeline is not { } timeline)
            return view;
        if (node == site.Value.Self)
            return view with { History = WalDirectory.History(node.DataDirectory, timeline, new(view.Version, WalLayout.UsualSegmentBytes)).Known };
        var (history, isForbidden) = await histories.ReadAsync(node, timeline, view.Version, cancellationToken);
        return view with
        {
            History = history ?? (FromFacts(node, peers.Latest(node))?.History is { } told && told.Timeline == timeline ? told : null),
            IsHistoryForbidden = isForbidden,
        };
    }

    private static ServerView? FromFacts(Node node, PeerAnswer answer)
    {
        if (answer is not { IsAnswering: true, Facts.Server: { Role: { } role } server })
            return null;
        var version = server.Version ?? 0;
        return new(node, role == "primary" ? ServerRole.Primary : ServerRole.Standby, server.Timeline, WalPosition.TryParse(server.Lsn), server.SystemIdentifier, version, Asked)
        {
            IsReceiving = server.IsReceiving,
            IsReplayPaused = server.IsReplayPaused,
            StartedAt = server.StartedAt,
            History = server.Timeline is { } timeline ? new TimelineHistory(timeline, [.. server.Forks.Select(fork => WalPosition.TryParse(fork.Lsn) is { } lsn ? new TimelineFork(fork.Timeline, lsn) : null).OfType<TimelineFork>()]).Known : null,
        };
    }

    /// <summary>One look at one server.</summary>
    /// <param name="Node">The server's node.</param>
    /// <param name="View">What it is, if that is known.</param>
    /// <param name="Status">What was seen; <see langword="null"/> if it was left alone.</param>
    /// <param name="IsDown">Whether it is surely down.</param>
    private sealed record Look(Node Node, ServerView? View, ServerStatus? Status, bool IsDown);
}
