using Microsoft.Extensions.DependencyInjection;
using SispiAgent.Configuration;
using SispiAgent.Replication;

namespace SispiAgent.Readiness;

/// <summary>Registers what judges readiness.</summary>
internal static class ReadinessServices
{
    /// <summary>Adds inspections, the clients' book and the checks; the probes are found by themselves.</summary>
    public static void AddReadiness(this IServiceCollection services)
    {
        services.AddSingleton<ClientBook>();
        services.AddSingleton<InspectionReader>();
        services.AddSingleton<PeerInspections>();
        services.AddSingleton<ReadinessLook>();
        services.AddSingleton<AgreedTriggerFile>(provider =>
        {
            var options = provider.GetRequiredService<LiveOptions<ReadinessOptions>>();
            return node => options.Current.TriggerFiles.GetValueOrDefault(node);
        });
    }
}
