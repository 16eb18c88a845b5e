using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Restore;

/// <summary>The drill as the schedule runs it: on a standby, with the newest copy, as soon as one is there that was not drilled yet. At the agent's start it removes what a killed drill has left.</summary>
internal sealed partial class ScheduledDrill(
    Drill drill, DrillPipeline pipeline, DrillBook book, SetMarks marks, ServerReader reader, StatusBoard board, CurrentSite site, LiveOptions<RestoreOptions> options, TimeProvider time, ILogger<ScheduledDrill> logger) : IHostedService
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var folder in drill.RemoveLeft())
                Log.Removed(logger, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AgentException)
        {
            Log.NotRemoved(logger, e.Message); // the next drill tries again, and fails aloud
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for a copy that was not drilled yet, and drills it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        try
        {
            var self = site.Value.Self;
            if (self.Kind is not NodeKind.Database || self.BackupDirectory.Length == 0 || (await reader.ReadAsync(self, cancellationToken)).Role is not ServerRole.Standby)
                return;
            while (true)
            {
                if (Next() is { } set)
                {
                    await pipeline.RunAsync(set, new Progress<RestoreProgress>(), cancellationToken);
                    return;
                }

                if (time.GetElapsedTime(begin) >= options.Current.DrillWaitsFor)
                    break;
                board.Record(new(self.Name, "restore drill", "waits for a new copy", true, time.GetUtcNow()));
                await Task.Delay(Spacing, time, cancellationToken);
            }

            Log.Skipped(logger, options.Current.DrillWaitsFor);
            board.Record(new(self.Name, "restore drill", $"skipped: no new copy came within {Durations.Words(options.Current.DrillWaitsFor)}", false, time.GetUtcNow()));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // a failed run; that none passes any more is a finding of its own
        {
            Log.Broke(logger, e);
        }
    }

    /// <summary>The newest good copy of this host, if it was not drilled yet.</summary>
    public BackupSet? Next()
    {
        var self = site.Value.Self;
        var bad = marks.ReadAll().Where(mark => mark.Node == self.Name && mark.Problem is not null).Select(mark => mark.Set).ToHashSet();
        var newest = SetCatalog.Read(self.BackupDirectory).FirstOrDefault(set => set.Manifest.Origin != self.Name && !set.Manifest.IsFromFormerPrimary && !bad.Contains(set.Id));
        return newest is not null && book.Latest() is var latest && (latest is null || latest.Set != newest.Id || latest.Verdict is DrillVerdict.Cannot) ? newest : null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5110, Level = LogLevel.Warning, Message = "A killed drill had left {Folder}; it was removed.")]
        public static partial void Removed(ILogger logger, string folder);

        [LoggerMessage(EventId = 5111, Level = LogLevel.Warning, Message = "What a killed drill has left could not be removed: {What}")]
        public static partial void NotRemoved(ILogger logger, string what);

        [LoggerMessage(EventId = 5112, Level = LogLevel.Warning, Message = "The restore drill was skipped: no new copy of a backup set came within {Wait}.")]
        public static partial void Skipped(ILogger logger, TimeSpan wait);

        [LoggerMessage(EventId = 5113, Level = LogLevel.Error, Message = "The restore drill broke.")]
        public static partial void Broke(ILogger logger, Exception exception);
    }
}
