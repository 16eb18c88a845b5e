using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SispiAgent.Cluster;

namespace SispiAgent.Backup;

/// <summary>Tries copies again that failed, until every own set of late has a proven one; then prunes.</summary>
internal sealed partial class CopyRetries(BackupPipeline pipeline, SetCopies copies, Pruning pruning, CurrentSite site, TimeProvider time, ILogger<CopyRetries> logger) : BackgroundService
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Spacing, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!stoppingToken.IsCancellationRequested)
                    await TryAsync(stoppingToken);
            }
            catch (Exception e) // a later retry
            {
                Log.NotCopied(logger, e.Message);
            }
        }
    }

    /// <summary>Copies what has no proven copy; prunes when every place has everything.</summary>
    internal async Task TryAsync(CancellationToken cancellationToken)
    {
        if (site.Value.Self.Kind is not NodeKind.Database || site.Value.Self.BackupDirectory.Length == 0 || copies.Unproven().Count == 0)
            return;
        if (await pipeline.CopyMissingAsync(cancellationToken))
            pruning.RunAndTell();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5020, Level = LogLevel.Warning, Message = "The copy of a backup set could not be tried again: {What}")]
        public static partial void NotCopied(ILogger logger, string what);
    }
}
