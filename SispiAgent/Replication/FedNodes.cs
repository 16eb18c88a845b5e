using System.Net;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>The primary's WAL senders and whom they feed.</summary>
/// <param name="Version">The primary's version.</param>
/// <param name="Position">Where it writes.</param>
/// <param name="Senders">Every sender.</param>
/// <param name="Fed">Every node that should be fed: all servers but this one.</param>
/// <param name="Matched">Each node's sender, by its name.</param>
internal sealed record FedNodes(int Version, WalPosition Position, IReadOnlyList<WalSender> Senders, IReadOnlyList<Node> Fed, IReadOnlyDictionary<string, WalSender> Matched)
{
    /// <summary>Whether the agent's role may not see the senders: whose they are is hidden too.</summary>
    public bool IsHidden => Senders.Any(sender => sender.State is null);
}

/// <summary>Reads them: over SQL, on 9.0 from the process titles.</summary>
internal sealed class FedNodesReader(CurrentSite site, ServerConnector connector)
{
    /// <summary>Reads them on a primary.</summary>
    /// <param name="status">The own server as just seen, a primary.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public Task<FedNodes> ReadAsync(ServerStatus status, CancellationToken cancellationToken) => ReadAsync(site.Value.Self, status, cancellationToken);

    /// <summary>Which of some nodes a primary, this host's or another's, does not feed now.</summary>
    /// <param name="primary">The primary.</param>
    /// <param name="status">It as just seen.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>None if its senders are hidden from the agent's role, or are in its process titles only (9.0) and those are another host's.</returns>
    public async Task<IReadOnlyList<Node>> FindUnfedAsync(Node primary, ServerStatus status, IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        if (status is not { Version: { } version, Position: not null })
            return nodes;
        if (status.Local is null && !SenderDialect.For(version).HasView)
            return [];
        try
        {
            var fed = await ReadAsync(primary, status, cancellationToken);
            return fed.IsHidden ? [] : [.. nodes.Where(node => !fed.Matched.ContainsKey(node.Name))];
        }
        catch (NpgsqlException)
        {
            return nodes;
        }
    }

    private async Task<FedNodes> ReadAsync(Node primary, ServerStatus status, CancellationToken cancellationToken)
    {
        var version = status.Version!.Value;
        Node[] fed = [.. site.Value.Servers.Where(node => node != primary)];
        var addresses = new Dictionary<string, IReadOnlyList<IPAddress>>();
        foreach (var node in fed)
            addresses[node.Name] = await SenderMatch.ResolveAsync(node, cancellationToken);
        var senders = await ReadSendersAsync(primary, status, version, cancellationToken);
        return new(version, status.Position!.Value, senders, fed, SenderMatch.Find(senders, fed, addresses, version));
    }

    private async Task<IReadOnlyList<WalSender>> ReadSendersAsync(Node primary, ServerStatus status, int version, CancellationToken cancellationToken)
    {
        if (!SenderDialect.For(version).HasView)
            return WalSender.FromTitles(status.Local!);
        await using var connection = await connector.OpenAsync(primary, cancellationToken);
        return await WalSender.ReadAllAsync(connection, version, cancellationToken);
    }
}
