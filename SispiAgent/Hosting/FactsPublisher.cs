using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.History;
using SispiAgent.Liveness;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Hosting;

/// <summary>Writes this host's facts for its peers after each look, renamed into place: they can be read while the agent hangs.</summary>
internal sealed partial class FactsPublisher(
    AgentPaths paths, CurrentSite site, LiveConfiguration configuration, ObservedServers observed, AlertBook book, StatusBoard board, RestoreTool restore, TimeProvider time, ILogger<FactsPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await restore.RefreshAsync(stoppingToken);
                Publish();
            }
            catch (Exception e) // a later retry: peers see that the facts grow old
            {
                Log.NotPublished(logger, e);
            }

            await Task.Delay(Round, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Writes the facts, as of the last look at this host's server.</summary>
    public void Publish()
    {
        var self = site.Value.Self;
        var status = self.HasPostgres ? observed.Latest(self.Name) : null;

        // the time of the last look and not of this writing: when the looks hang, the facts grow old
        var looked = site.Value.Servers.Select(node => observed.Latest(node.Name)?.At).Max();
        if ((self.HasPostgres ? status?.At : looked) is not { } at)
            return; // the first look has not ended

        var alerts = book.ReadTold().Select(alert => new AlertFacts(alert.Finding.Code.Value, alert.Finding.Subject, alert.Finding.Severity.ToString(), alert.Finding.Summary, alert.FirstSeen));
        DurableFile.Write(paths.Facts, PeerFactsFile.Write(new PeerFacts(
            PeerFactsFile.Schema, AgentVersion.Text, self.Name, configuration.Current.Hash, at, status is null ? null : Facts(status) with { Forks = Forks(self, status) }, [.. alerts])
        {
            Seen = [.. board.ReadAll().Where(seen => seen.Subject == self.Name).Select(seen => new SeenFacts(seen.Subject, seen.Topic, seen.Text, seen.IsWell, seen.At))],
            PgRestoreMajor = restore.Newest,
        }));
    }

    private static ServerFacts Facts(ServerStatus status) => new(
        status.Reach.ToString(), LivenessJudge.IsHealthy(status), status.Role switch { ServerRole.Primary => "primary", ServerRole.Standby => "standby", _ => null },
        status.Version, status.SystemIdentifier, status.Timeline, status.Position?.ToString(), status.Role is ServerRole.Standby && status.Local is { } local ? local.Receiver is not null : null)
    {
        StartedAt = status.StartedAt,
        IsReplayPaused = status.IsReplayPaused,
    };

    private static ForkFacts[] Forks(Node self, ServerStatus status) => status.Timeline is { } timeline
        ? [.. WalDirectory.History(self.DataDirectory, timeline, new(status.KnownVersion, WalLayout.UsualSegmentBytes)).Ancestors.Select(ancestor => new ForkFacts(ancestor.Timeline, ancestor.Fork.ToString()))]
        : [];

    private static partial class Log
    {
        [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "The facts for the peers could not be written; it is tried again.")]
        public static partial void NotPublished(ILogger logger, Exception exception);
    }
}
