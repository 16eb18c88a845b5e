using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>A line that <c>pg_hba.conf</c> should have.</summary>
/// <param name="Key">What it is about, for alerts: it stays the same when an address changes.</param>
/// <param name="Rule">The line, with the node's address in place of its name.</param>
internal sealed record WantedAccess(string Key, AccessRule Rule)
{
    /// <summary>Whether the name of its node can't be resolved now: it then stands in the line.</summary>
    public bool IsUnresolved { get; init; }

    private const int AnyVersion = 990000;

    /// <summary>What is wrong with a configured line; <see langword="null"/> if nothing is.</summary>
    public static string? Problem(string line) => AccessFile.Parse([line], AnyVersion) switch
    {
        { Problems: [var problem, ..] } => problem.Why,
        { Rules: [{ IsHost: true }] } => null,
        _ => "it is not about TCP",
    };

    /// <summary>The lines that one node should have.</summary>
    /// <param name="lines"><c>Conformance:Access</c>.</param>
    /// <param name="site">The site, seen from that node.</param>
    /// <param name="addressOf">A node's address, if it is known.</param>
    public static IReadOnlyList<WantedAccess> For(IEnumerable<string> lines, Site site, Func<Node, IPAddress?> addressOf)
    {
        List<WantedAccess> wanted = [];
        foreach (var rule in lines.SelectMany(line => AccessFile.Parse([line], AnyVersion).Rules))
        {
            var node = site.Nodes.FirstOrDefault(node => node.Name.Equals(rule.Address, StringComparison.OrdinalIgnoreCase));
            if (node == site.Self)
                continue;
            var key = string.Join(' ', string.Join(',', rule.Databases), string.Join(',', rule.Users), rule.Address);
            var address = node is null ? null : addressOf(node);
            wanted.Add(new(key, node is null ? rule : rule with { Address = address is null ? node.Address : Whole(address) }) { IsUnresolved = node is not null && address is null });
        }

        return wanted;
    }

    /// <summary>Looks up the addresses of the nodes; a name that can't be resolved is left out.</summary>
    public static async Task<Func<Node, IPAddress?>> ResolveAsync(Site site, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, IPAddress?>();
        foreach (var node in site.Nodes)
        {
            try
            {
                addresses[node.Name] = (await Dns.GetHostAddressesAsync(node.Address, cancellationToken)).OrderBy(address => address.AddressFamily is AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
            }
            catch (SocketException)
            {
                addresses[node.Name] = null; // its name then stands in the line, as it would in the file
            }
        }

        return node => addresses.GetValueOrDefault(node.Name);
    }

    private static string Whole(IPAddress address) => string.Create(CultureInfo.InvariantCulture, $"{address}/{address.GetAddressBytes().Length * 8}");
}
