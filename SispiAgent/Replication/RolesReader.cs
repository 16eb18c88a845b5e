using System.Collections.Concurrent;
using Npgsql;
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
internal sealed class RolesReader(CurrentSite site, ServerReader reader, ServerConnector connector, PeerBook peers, TimeProvider time)
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
        var found = await Task.WhenAll(servers.Select(node => ReadAsync(node, cancellationToken)));
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
    public async Task<bool> IsPrimaryAsync(Node node, CancellationToken cancellationToken) => (await ReadAsync(node, cancellationToken)).View is { Role: ServerRole.Primary };

    private async Task<(Node Node, ServerView? View, bool IsDown)> ReadAsync(Node node, CancellationToken cancellationToken)
    {
        if (node != site.Value.Self && _leftAlone.TryGetValue(node.Name, out var since) && time.GetUtcNow() - since < LeftAlone)
            return (node, FromFacts(node, peers.Latest(node)), false);
        var status = await reader.ReadAsync(node, cancellationToken);
        if (status.Reach is Reach.NotAnswering or Reach.Full or Reach.BadCredentials or Reach.AccessRefused or Reach.NotPostgres)
            _leftAlone[node.Name] = time.GetUtcNow();
        else
            _leftAlone.TryRemove(node.Name, out _);
        if (status.Role is { } role)
            return (node, await ViewAsync(node, role, status, cancellationToken), false);
        var isDown = status.Local is { } local ? local.Postmaster is null : status.Reach is Reach.Refusing;
        return (node, node == site.Value.Self ? null : FromFacts(node, peers.Latest(node)), isDown);
    }

    private async Task<ServerView> ViewAsync(Node node, ServerRole role, ServerStatus status, CancellationToken cancellationToken)
    {
        var view = new ServerView(node, role, status.Timeline, status.Position, status.SystemIdentifier, status.KnownVersion, node == site.Value.Self ? "seen on this host" : "over SQL")
        {
            ReplayPoints = status.ReplayPoints,
            IsReplayPaused = status.IsReplayPaused,
            // one that is refused for its timeline comes and goes: only one that streams counts
            IsReceiving = status.ReceiverState is { } state ? state == "streaming" : status.Local is { } local ? local.Receiver is { Position: not null } : null,
        };
        if (role is ServerRole.Standby)
            return view;
        return view with
        {
            History = node == site.Value.Self && status.Timeline is { } timeline
                ? Known(WalDirectory.History(node.DataDirectory, timeline, new(view.Version, WalLayout.UsualSegmentBytes)))
                : await ReadHistoryAsync(view, cancellationToken) ?? (FromFacts(node, peers.Latest(node))?.History is { } told && told.Timeline == status.Timeline ? told : null),
        };
    }

    /// <summary>A later timeline without ancestors is one whose file was not there: of it nothing is known.</summary>
    private static TimelineHistory? Known(TimelineHistory history) => history is { Timeline: > 1, Ancestors.Count: 0 } ? null : history;

    private static ServerView? FromFacts(Node node, PeerAnswer answer)
    {
        if (answer is not { IsAnswering: true, Facts.Server: { Role: { } role } server })
            return null;
        var version = server.Version ?? 0;
        return new(node, role == "primary" ? ServerRole.Primary : ServerRole.Standby, server.Timeline, WalPosition.TryParse(server.Lsn), server.SystemIdentifier, version, Asked)
        {
            IsReceiving = server.IsReceiving,
            History = server.Timeline is { } timeline ? Known(new(timeline, [.. server.Forks.Select(fork => WalPosition.TryParse(fork.Lsn) is { } lsn ? new TimelineFork(fork.Timeline, lsn) : null).OfType<TimelineFork>()])) : null,
        };
    }

    /// <summary>The history file over SQL, for a superuser, and from 11 on who may execute pg_read_file; others have the agent's word only.</summary>
    private async Task<TimelineHistory?> ReadHistoryAsync(ServerView view, CancellationToken cancellationToken)
    {
        if (view.Timeline is not { } timeline)
            return null;
        if (timeline == 1)
            return new(1, []);
        try
        {
            await using var connection = await connector.OpenAsync(view.Node, cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_read_file($1, 0, 1000000)", connection) { Parameters = { new() { Value = $"{(view.Version >= 100000 ? "pg_wal" : "pg_xlog")}/{TimelineHistory.FileName(timeline)}" } } };
            return await command.ExecuteScalarAsync(cancellationToken) is string text ? Known(TimelineHistory.Parse(timeline, text, new(view.Version, WalLayout.UsualSegmentBytes))) : null;
        }
        catch (NpgsqlException)
        {
            return null; // not allowed: its own agent may have told
        }
    }
}
