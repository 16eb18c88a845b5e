using System.Net;
using System.Net.Sockets;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Looks where this host's standby would connect.</summary>
internal sealed class UpstreamLook(CurrentSite site, RecoverySettingsReader reader)
{
    /// <summary>Reads the settings and judges.</summary>
    public async Task<Finding?> JudgeAsync(ServerStatus status, Node? primary, CancellationToken cancellationToken) =>
        Judge(status, await reader.ReadAsync(site.Value.Self, status, cancellationToken), primary);

    /// <summary>Judges settings that were read.</summary>
    public Finding? Judge(ServerStatus status, RecoverySettings recovery, Node? primary)
    {
        var current = site.Value;
        return UpstreamJudge.Judge(current.Self, recovery, Targets(recovery), primary, status.Local?.Receiver is not null);
    }

    /// <summary>Where they lead.</summary>
    public IReadOnlyList<UpstreamTarget> Targets(RecoverySettings recovery)
    {
        var known = new Dictionary<string, IReadOnlyList<IPAddress>>();
        return UpstreamTarget.Find(recovery.Upstream ?? new Dictionary<string, string>(), site.Value, host => known.TryGetValue(host, out var found) ? found : known[host] = Resolve(host));
    }

    private static IPAddress[] Resolve(string host)
    {
        try
        {
            return IPAddress.TryParse(host, out var address) ? [address] : Dns.GetHostAddresses(host);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
