using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SispiAgent.Findings;

namespace SispiAgent.Scheduling;

/// <summary>Registers the schedules and every probe of this assembly.</summary>
internal static class SchedulingServices
{
    /// <summary>Adds Quartz, the synchronizer and the probes: each class that implements <see cref="IProbe"/>, found by itself.</summary>
    public static void AddScheduling(this IServiceCollection services)
    {
        foreach (var probe in typeof(IProbe).Assembly.GetTypes().Where(type => type.IsClass && typeof(IProbe).IsAssignableFrom(type)))
            services.AddSingleton(typeof(IProbe), probe);

        services.AddSingleton<Pulse>();
        services.AddSingleton<ProbeRunner>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always);
            quartz.UseDefaultThreadPool(pool => pool.MaxConcurrency = 8);
        });
        services.AddQuartzHostedService(service => service.WaitForJobsToComplete = true);
        services.AddHostedService<ScheduleSynchronizer>();
    }
}
