using System.Globalization;
using System.Net;
using SispiAgent.Cluster;

namespace SispiAgent.Replication;

/// <summary>One server that a connection string leads to.</summary>
/// <param name="Words">Host and port, as they would be asked.</param>
/// <param name="Node">The node that this is; <see langword="null"/>: none that is configured, or it can't be told.</param>
internal sealed record UpstreamTarget(string Words, Node? Node)
{
    private const string UsualPort = "5432";

    /// <summary>Finds all of them; libpq takes lists, separated by commas (10 and later).</summary>
    /// <param name="upstream">The words of the connection string.</param>
    /// <param name="site">The site.</param>
    /// <param name="resolve">The addresses of a host.</param>
    public static IReadOnlyList<UpstreamTarget> Find(IReadOnlyDictionary<string, string> upstream, Site site, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        if (!upstream.ContainsKey("host") && !upstream.ContainsKey("hostaddr") && !upstream.ContainsKey("port"))
            return [];
        var hosts = (upstream.GetValueOrDefault("hostaddr") ?? upstream.GetValueOrDefault("host") ?? "").Split(',');
        var ports = (upstream.GetValueOrDefault("port") ?? UsualPort).Split(',');
        return [.. hosts.Select((host, i) => Find(host.Trim(), ports.Length == 1 ? ports[0] : ports.ElementAtOrDefault(i) ?? UsualPort, site, resolve))];
    }

    private static UpstreamTarget Find(string host, string port, Site site, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        // without a host, or with a folder, it is this host's unix socket
        var isHere = host.Length == 0 || host.StartsWith('/');
        IReadOnlyList<IPAddress> own = [.. resolve(site.Self.Address), IPAddress.Loopback, IPAddress.IPv6Loopback];
        var addresses = isHere ? own : resolve(host);
        Node[] found =
        [
            .. site.Servers.Where(node => node.Port.ToString(CultureInfo.InvariantCulture) == port.Trim() && (node == site.Self ? own : resolve(node.Address)).Intersect(addresses).Any()),
        ];
        return new($"{(isHere ? "the unix socket" : host)}, port {port.Trim()}", found is [var only] ? only : null);
    }
}
