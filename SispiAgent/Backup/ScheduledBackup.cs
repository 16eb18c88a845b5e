using Microsoft.Extensions.Logging;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Backup;

/// <summary>The backup as the schedule runs it: dumps where this host's server is the primary, prunes copies where it is not.</summary>
internal sealed partial class ScheduledBackup(BackupPipeline pipeline, Pruning pruning, CurrentSite site, ILogger<ScheduledBackup> logger)
{
    /// <summary>
    /// Whether a verified set of this cluster is at least as young as a firing of the schedule; else it was missed. Without any set
    /// nothing was missed: the first one is made by hand, not by surprise in the middle of a night (<c>backup.none</c> says so).
    /// </summary>
    public bool HasRunSince(DateTimeOffset firing)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database || self.BackupDirectory.Length == 0)
            return true;
        var sets = SetCatalog.Read(self.BackupDirectory);
        return sets.Count == 0 || sets.Any(set => set.Time >= firing);
    }

    /// <summary>Runs it. A failure is a finding and a mail, not an exception.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (site.Value.Self.Kind is not NodeKind.Database)
            return;
        try
        {
            if (await LookAsync(cancellationToken) is not { } status)
                return;
            if (status.Role is ServerRole.Primary)
                await pipeline.RunAsync(status, new Progress<BackupProgress>(), cancellationToken);
            else if (status.Role is ServerRole.Standby)
                Prune();
            else
                pipeline.Fail(new AgentException($"Whether this host's server is the primary could not be read: {status.Problem}", "See liveness: sispi-agent status"), cancellationToken);
        }
        catch (Exception e) // becomes a failed run, which the pipeline has reported
        {
            Log.Ended(logger, e.Message);
        }
    }

    /// <summary>This host's server; a look that is not even possible (its data directory is gone) is a backup that did not run.</summary>
    private async Task<ServerStatus?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.LookAsync(cancellationToken);
        }
        catch (AgentException e)
        {
            pipeline.Fail(e, cancellationToken);
            return null;
        }
    }

    private void Prune()
    {
        var outcome = pruning.RunAndTell();
        foreach (var set in outcome.Removed)
            Log.Pruned(logger, set.Set, set.Reason);
        foreach (var problem in outcome.Problems)
            Log.NotPruned(logger, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5010, Level = LogLevel.Warning, Message = "The scheduled backup ended without all that it should have done: {What}")]
        public static partial void Ended(ILogger logger, string what);

        [LoggerMessage(EventId = 5011, Level = LogLevel.Information, Message = "Copy {Set} was removed from the standby's disk: {Reason}")]
        public static partial void Pruned(ILogger logger, string set, string reason);

        [LoggerMessage(EventId = 5012, Level = LogLevel.Error, Message = "A copy could not be removed from the standby's disk: {Problem}")]
        public static partial void NotPruned(ILogger logger, string problem);
    }
}
