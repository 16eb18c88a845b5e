using Quartz;
using SispiAgent.Backup;

namespace SispiAgent.Scheduling;

/// <summary>Quartz's way to the weekly backup.</summary>
[DisallowConcurrentExecution]
internal sealed class BackupJob(ScheduledBackup backup) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await backup.RunAsync(cancellationToken);
}
