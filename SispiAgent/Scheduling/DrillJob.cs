using Quartz;
using SispiAgent.Restore;

namespace SispiAgent.Scheduling;

/// <summary>Quartz's way to the weekly restore drill.</summary>
[DisallowConcurrentExecution]
internal sealed class DrillJob(ScheduledDrill drill) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await drill.RunAsync(cancellationToken);
}
