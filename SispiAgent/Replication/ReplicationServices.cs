using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Replication;

/// <summary>Registers what the probes of replication share.</summary>
internal static class ReplicationServices
{
    /// <summary>Adds readers and the record of positions.</summary>
    public static void AddReplication(this IServiceCollection services)
    {
        services.AddSingleton<OwnServer>();
        services.AddSingleton<FedNodesReader>();
        services.AddSingleton<RunwayReader>();
        services.AddSingleton<HistoryReader>();
        services.AddSingleton<RolesReader>();
        services.AddSingleton<UpstreamLook>();
        services.AddSingleton<DescentLook>();
        services.AddSingleton<ShortSettingsReader>();
        services.AddSingleton<Positions>();
        services.AddSingleton<Connections>();
        services.AddSingleton<ConflictBook>();
    }
}
