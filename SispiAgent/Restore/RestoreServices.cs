using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>Registers what restores and drills.</summary>
internal static class RestoreServices
{
    /// <summary>Adds them.</summary>
    public static void AddRestore(this IServiceCollection services)
    {
        services.AddSingleton<Restorer>();
        services.AddSingleton<LeftScratch>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LeftScratch>());
        services.AddSingleton<DrillBook>();
        services.AddSingleton<Drill>();
        services.AddSingleton<DrillPipeline>();
        services.AddSingleton<DrillAgeProbe>();
        services.AddSingleton<ScheduledDrill>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ScheduledDrill>());
    }
}
