using Quartz;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Digest;

namespace SispiAgent.Scheduling;

/// <summary>Quartz's way to the weekly digest.</summary>
[DisallowConcurrentExecution]
internal sealed class DigestJob(WeeklyDigest digest, CurrentSite site, LiveOptions<SchedulesOptions> options, TimeProvider time) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await digest.RunAsync(NextDue(options.Current, site.Value, time.GetUtcNow()), cancellationToken);

    /// <summary>When the next digest is due.</summary>
    public static DateTimeOffset NextDue(SchedulesOptions schedules, Site site, DateTimeOffset now) => ScheduleExpression.Parse(schedules.Digest, site.TimeZone, now).Next(now).First();
}
