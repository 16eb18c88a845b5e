using System.Net;
using System.Net.Sockets;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Which WAL sender feeds which node: by the client's address, then by application_name where it is set and unique.</summary>
internal static class SenderMatch
{
    /// <summary>Finds each node's sender. Two senders named <c>walreceiver</c> are normal; of two for one node the furthest counts (an old one is dying).</summary>
    /// <param name="senders">All senders.</param>
    /// <param name="nodes">The nodes that should be fed.</param>
    /// <param name="addresses">Each node's addresses, as resolved.</param>
    /// <param name="version">The server's version.</param>
    public static IReadOnlyDictionary<string, WalSender> Find(IReadOnlyList<WalSender> senders, IReadOnlyList<Node> nodes, IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> addresses, int version)
    {
        var found = new Dictionary<string, WalSender>();
        var feeding = senders.Where(sender => sender.FeedsStandby).ToList();
        foreach (var node in nodes)
        {
            // an address that two nodes share (loopback, NAT) tells nothing
            var own = addresses[node.Name].Where(address => nodes.All(other => other == node || !addresses[other.Name].Contains(address))).ToHashSet();
            var byAddress = feeding.Where(sender => IPAddress.TryParse(sender.ClientAddress, out var client) && own.Contains(client));
            var byName = feeding.Where(sender => sender.ApplicationName.Equals(node.Name, StringComparison.OrdinalIgnoreCase));
            if (Furthest(byAddress, version) is { } sender || (sender = Furthest(byName, version)) is not null)
                found[node.Name] = sender;
        }

        return found;
    }

    /// <summary>Resolves a node's address; a name that can't be resolved gives none.</summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(node.Address, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static WalSender? Furthest(IEnumerable<WalSender> senders, int version) => senders
        .OrderBy(sender => sender.State is null or "streaming" or "catchup" ? 0 : 1)
        .ThenByDescending(sender => sender.Sent?.BytesSince(new WalPosition(0, 0), version) ?? -1)
        .FirstOrDefault();
}
