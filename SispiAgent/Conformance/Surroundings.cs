using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>Finds out what <c>pg_hba.conf</c> leads to: this host's networks, and the host names in it.</summary>
internal static class Surroundings
{
    /// <summary>This host's networks.</summary>
    public static IReadOnlyList<OwnNetwork> Networks() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Where(card => card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(own => new OwnNetwork(own.Address.ToString().Split('%')[0], own.PrefixLength)),
    ];

    /// <summary>For the rules of this host's server.</summary>
    /// <param name="rules">The rules, for the host names in them.</param>
    /// <param name="clients">The addresses that <c>.suffix</c> is about.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<AccessSurroundings> OfThisHostAsync(IReadOnlyList<AccessRule> rules, IEnumerable<IPAddress> clients, CancellationToken cancellationToken)
    {
        var named = rules.Where(rule => rule is { IsHost: true, Network: null, Address: not ("all" or "samehost" or "samenet") }).Select(rule => rule.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var addresses = new Dictionary<string, IPAddress[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in named.Where(name => name[0] != '.'))
        {
            try
            {
                addresses[name] = await Dns.GetHostAddressesAsync(name, cancellationToken);
            }
            catch (SocketException)
            {
                continue; // not known: the rule may match or not
            }
        }

        var names = new Dictionary<IPAddress, string>();
        foreach (var client in named.Any(name => name[0] == '.') ? clients.Distinct() : [])
        {
            try
            {
                names[client] = (await Dns.GetHostEntryAsync(client.ToString(), cancellationToken)).HostName;
            }
            catch (SocketException)
            {
                continue;
            }
        }

        return new((_, _) => null, Networks(), (name, client) => name[0] == '.'
            ? names.TryGetValue(client, out var full) ? full.EndsWith(name, StringComparison.OrdinalIgnoreCase) : null
            : addresses.TryGetValue(name, out var of) ? of.Contains(client) : null);
    }
}
