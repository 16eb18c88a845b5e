using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;
using SispiAgent.Backup;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Digest;
using SispiAgent.Findings;

namespace SispiAgent.Scheduling;

/// <summary>Keeps Quartz's triggers as the configuration in force says; only what has changed is touched.</summary>
internal sealed partial class ScheduleSynchronizer(
    ISchedulerFactory factory, IEnumerable<IProbe> probes, ScheduledBackup backup, WeeklyDigest digest, CurrentSite site, LiveConfiguration configuration, LiveOptions<SchedulesOptions> options, TimeProvider time,
    ILogger<ScheduleSynchronizer> logger) : BackgroundService
{
    private static readonly JobKey BackupKey = new("Backup"), DrillKey = new("Drill"), DigestKey = new("Digest");

    private readonly SemaphoreSlim _changed = new(1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Wake() => _changed.Release();
        configuration.Changed += Wake;
        try
        {
            var scheduler = await factory.GetScheduler(stoppingToken);
            await AddJobsAsync(scheduler, stoppingToken);
            await CatchUpAsync(scheduler, stoppingToken);
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                await ApplyAsync(scheduler, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the agent stops
        }
        finally
        {
            configuration.Changed -= Wake;
        }
    }

    private async Task AddJobsAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        foreach (var probe in probes)
            await scheduler.AddJob(JobBuilder.Create<ProbeJob>().WithIdentity(probe.Name).StoreDurably().Build(), AddJobOptions.Replacing, cancellationToken);
        await scheduler.AddJob(JobBuilder.Create<BackupJob>().WithIdentity(BackupKey).StoreDurably().Build(), AddJobOptions.Replacing, cancellationToken);
        await scheduler.AddJob(JobBuilder.Create<DrillJob>().WithIdentity(DrillKey).StoreDurably().Build(), AddJobOptions.Replacing, cancellationToken);
        await scheduler.AddJob(JobBuilder.Create<DigestJob>().WithIdentity(DigestKey).StoreDurably().Build(), AddJobOptions.Replacing, cancellationToken);
    }

    /// <summary>Firings of the backup and the digest that were missed while the agent was down are made up for.</summary>
    private async Task CatchUpAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        if (Missed(options.Current.Backup, backup.HasRunSince) is { } set)
        {
            Log.Missed(logger, "backup", set);
            await scheduler.TriggerJob(BackupKey, cancellationToken: cancellationToken);
        }

        if (Missed(options.Current.Digest, digest.HasRunSince) is { } letter)
        {
            Log.Missed(logger, "digest", letter);
            await scheduler.TriggerJob(DigestKey, cancellationToken: cancellationToken);
        }
    }

    private DateTimeOffset? Missed(string text, Func<DateTimeOffset, bool> hasRunSince)
    {
        var now = time.GetUtcNow();
        return ScheduleExpression.Parse(text, site.Value.TimeZone, now).Previous(now) is { } firing && !hasRunSince(firing) ? firing : null;
    }

    private async Task ApplyAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        var zone = site.Value.TimeZone;
        foreach (var (key, text) in options.Current.All())
        {
            var expression = ScheduleExpression.Parse(text, zone, time.GetUtcNow());
            foreach (var work in WorkOf(key))
            {
                var trigger = new TriggerKey($"{key}/{work.Name}", "schedules");
                var signature = $"{text} {zone.Id}";
                var present = await scheduler.GetTrigger(trigger, cancellationToken);
                if (present?.Description == signature)
                    continue;
                var next = Build(trigger, work, key, expression, signature);
                if (present is null)
                    await scheduler.ScheduleJob(next, cancellationToken: cancellationToken);
                else
                    await scheduler.RescheduleJob(trigger, next, cancellationToken);
                Log.Scheduled(logger, key, work.Name, text);
            }
        }
    }

    private IEnumerable<JobKey> WorkOf(string key) => key == ScheduleKeys.Backup ? [BackupKey] : key == ScheduleKeys.Drill ? [DrillKey] : key == ScheduleKeys.Digest ? [DigestKey]
        : probes.Where(probe => probe.Schedules.Contains(key)).Select(probe => new JobKey(probe.Name));

    private static ITrigger Build(TriggerKey trigger, JobKey work, string key, ScheduleExpression expression, string signature)
    {
        var builder = TriggerBuilder.Create().WithIdentity(trigger).ForJob(work).UsingJobData(ProbeJob.ScheduleEntry, key).WithDescription(signature);
        return expression.Interval is { } interval
            ? builder.StartNow().WithSimpleSchedule(simple => simple.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)).Build()
            : builder.WithCronSchedule(expression.Cron!.CronExpressionString, cron => cron.InTimeZone(expression.Cron.TimeZone)
                .WithMisfireInstruction(key is ScheduleKeys.Backup or ScheduleKeys.Drill or ScheduleKeys.Digest ? CronTriggerMisfireInstruction.FireAndProceed : CronTriggerMisfireInstruction.DoNothing)).Build();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7110, Level = LogLevel.Information, Message = "Schedule {Key} runs {Work}: {Expression}")]
        public static partial void Scheduled(ILogger logger, string key, string work, string expression);

        [LoggerMessage(EventId = 7111, Level = LogLevel.Warning, Message = "The {What} of {Firing:u} was missed; it runs now.")]
        public static partial void Missed(ILogger logger, string what, DateTimeOffset firing);
    }
}
