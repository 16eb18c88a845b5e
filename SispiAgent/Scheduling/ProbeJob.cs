using Quartz;
using SispiAgent.Findings;

namespace SispiAgent.Scheduling;

/// <summary>Quartz's way to a probe: one key a probe, so that a slow one holds up itself only, whichever schedule fires it.</summary>
[DisallowConcurrentExecution]
internal sealed class ProbeJob(ProbeRunner runner, IEnumerable<IProbe> probes) : IJob
{
    /// <summary>The entry of the trigger's data that holds the schedule key.</summary>
    public const string ScheduleEntry = "schedule";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await runner.RunAsync(
        probes.Single(probe => probe.Name == context.JobDetail.Key.Name), context.MergedJobDataMap.GetString(ScheduleEntry) ?? "", cancellationToken);
}
