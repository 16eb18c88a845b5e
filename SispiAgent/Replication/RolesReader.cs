using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Finds out which server is what: over SQL, from the own host, and from the other agents' facts where no SQL is answered.</summary>
internal sealed class RolesReader(CurrentSite site, ServerReader reader, ServerConnector connector, PeerBook peers)
{
    private const string Asked = "its own agent says";

    /// <summary>Reads every server whose role can be known.</summary>
    public async Task<IReadOnlyList<ServerView>> ReadAsync(CancellationToken cancellationToken)
    {
        var views = await Task.WhenAll(site.Value.Servers.Select(node => ReadAsync(node, cancellationToken)));
        ServerView[] known = [.. views.OfType<ServerView>()];
        return known.Count(view => view.Role is ServerRole.Primary) < 2 ? known : [.. await Task.WhenAll(known.Select(view => MakeSureAsync(view, cancellationToken)))];
    }

    private async Task<ServerView?> ReadAsync(Node node, CancellationToken cancellationToken)
    {
        var status = await reader.ReadAsync(node, cancellationToken);
        if (status.Role is not { } role)
            return FromFacts(node, peers.Latest(node));
        var view = new ServerView(node, role, status.Timeline, status.Position, status.SystemIdentifier, status.KnownVersion, node == site.Value.Self ? "seen on this host" : "over SQL")
        {
            ReplayPoints = status.ReplayPoints,
            IsReplayPaused = status.IsReplayPaused,
            IsReceiving = status.Local is { } local ? local.Receiver is not null : status.ReceiverState is not null ? true : null,
        };
        if (role is ServerRole.Standby)
            return view;
        return view with
        {
            History = node == site.Value.Self && status.Timeline is { } timeline
                ? WalDirectory.History(node.DataDirectory, timeline, new(view.Version, WalLayout.UsualSegmentBytes))
                : await ReadHistoryAsync(view, cancellationToken) ?? (FromFacts(node, peers.Latest(node))?.History is { } told && told.Timeline == status.Timeline ? told : null),
        };
    }

    /// <summary>Before two primaries are told: facts may be minutes old, and the roles have been swapped since; and histories say who was left behind.</summary>
    private async Task<ServerView> MakeSureAsync(ServerView view, CancellationToken cancellationToken)
    {
        if (view.Node == site.Value.Self || view.Role is not ServerRole.Primary)
            return view;
        var facts = view.Node.HasAgent ? FromFacts(view.Node, await peers.AskAsync(view.Node, cancellationToken)) : null;
        if (view.Source != Asked)
            return view with { History = view.History ?? facts?.History };
        return facts ?? view with { Role = ServerRole.Standby }; // no answer now: not a primary that anybody can see
    }

    private static ServerView? FromFacts(Node node, PeerAnswer answer)
    {
        if (answer is not { IsAnswering: true, Facts.Server: { Role: { } role } server })
            return null;
        var version = server.Version ?? 0;
        return new(node, role == "primary" ? ServerRole.Primary : ServerRole.Standby, server.Timeline, WalPosition.TryParse(server.Lsn), server.SystemIdentifier, version, Asked)
        {
            IsReceiving = server.IsReceiving,
            History = server.Timeline is { } timeline ? new(timeline, [.. server.Forks.Select(fork => WalPosition.TryParse(fork.Lsn) is { } lsn ? new TimelineFork(fork.Timeline, lsn) : null).OfType<TimelineFork>()]) : null,
        };
    }

    /// <summary>The history file over SQL, for a superuser, and from 11 on a member of pg_read_server_files; others have the agent's word only.</summary>
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
            return await command.ExecuteScalarAsync(cancellationToken) is string text ? TimelineHistory.Parse(timeline, text, new(view.Version, WalLayout.UsualSegmentBytes)) : null;
        }
        catch (NpgsqlException)
        {
            return null; // not allowed: its own agent may have told
        }
    }
}
