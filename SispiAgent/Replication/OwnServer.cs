using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>How each look of this folder begins: this host's own server, if it has one and if it is up.</summary>
internal sealed class OwnServer(CurrentSite site, ServerReader reader)
{
    /// <summary>Reads it.</summary>
    /// <returns><see langword="null"/> on a host that is no database host.</returns>
    /// <exception cref="LookSuspendedException">It is down, or what it is can't be told.</exception>
    public async Task<ServerStatus?> ReadAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            return null;
        var status = await reader.ReadAsync(self, cancellationToken);
        return status.Role is null or ServerRole.Primary && status is not { Role: ServerRole.Primary, Version: not null, Position: not null }
            ? throw new LookSuspendedException($"{self.Name} is down, which the liveness probe tells: what was wrong before is not mended by it.")
            : status;
    }
}
