using System.Net;
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
    public async Task<FedNodes> ReadAsync(ServerStatus status, CancellationToken cancellationToken)
    {
        var version = status.Version!.Value;
        Node[] fed = [.. site.Value.Servers.Where(node => node != site.Value.Self)];
        var addresses = new Dictionary<string, IReadOnlyList<IPAddress>>();
        foreach (var node in fed)
            addresses[node.Name] = await SenderMatch.ResolveAsync(node, cancellationToken);
        var senders = await ReadSendersAsync(status, version, cancellationToken);
        return new(version, status.Position!.Value, senders, fed, SenderMatch.Find(senders, fed, addresses, version));
    }

    private async Task<IReadOnlyList<WalSender>> ReadSendersAsync(ServerStatus status, int version, CancellationToken cancellationToken)
    {
        if (!SenderDialect.For(version).HasView)
            return WalSender.FromTitles(status.Local!);
        await using var connection = await connector.OpenAsync(site.Value.Self, cancellationToken);
        return await WalSender.ReadAllAsync(connection, version, cancellationToken);
    }
}
