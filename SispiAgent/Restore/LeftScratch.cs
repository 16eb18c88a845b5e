using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Restore;

/// <summary>At the agent's start: removes the scratch databases that a killed restore of this host has left on its server. What it had made in a database that lives stays for <c>--resume</c>.</summary>
internal sealed partial class LeftScratch(Restorer restorer, ServerConnector connector, CurrentSite site, AgentPaths paths, ILogger<LeftScratch> logger) : BackgroundService
{
    /// <summary>Removes them, if no restore is at work.</summary>
    /// <returns>What was removed.</returns>
    public async Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(paths.StateDirectory);
        using var only = Restorer.TryLock(paths);
        if (only is null || RestoreJournal.Unfinished(restorer.Journals) is not { Target: { } where })
            return [];
        var given = new NpgsqlConnectionStringBuilder(where);
        var connection = connector.ConnectionString(site.Value.Self, "postgres");
        (connection.Host, connection.Port, connection.Username) = (given.Host, given.Port, given.Username);
        var target = new RestoreTarget(connection, new PostgresInstallation("", 0), await Restorer.AskVersionAsync(connection, cancellationToken)) { Run = Guid.NewGuid().ToString("N"), Timeout = TimeSpan.FromMinutes(1) };
        // another host's restore into that server would lose its own
        var atWork = await target.ReadAsync("postgres", $"SELECT 1 FROM pg_catalog.pg_stat_activity WHERE application_name LIKE '{RestoreTarget.SessionPrefix}%' AND application_name <> '{target.Session}'", row => row.GetInt32(0), cancellationToken);
        return atWork.Count > 0 || await RestoreCheck.IsInRecoveryAsync(target, cancellationToken) ? [] : await ScratchDatabase.RemoveLeftAsync(target, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var name in await RemoveAsync(stoppingToken))
                Log.Removed(logger, name);
            if (RestoreJournal.Unfinished(restorer.Journals) is { } left)
                Log.Unfinished(logger, left.At.UtcDateTime, restorer.Journals);
        }
        catch (Exception e) when (e is NpgsqlException or AgentException or IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, e.Message); // the next restore, or --resume, tries again
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5120, Level = LogLevel.Warning, Message = "A killed restore had left the scratch database {Name}; it was removed.")]
        public static partial void Removed(ILogger logger, string name);

        [LoggerMessage(EventId = 5121, Level = LogLevel.Warning, Message = "A restore begun {When:yyyy-MM-dd HH:mm} UTC has not ended (journal in {Folder}). Is none at work, then it goes on with: sispi-agent restore --resume")]
        public static partial void Unfinished(ILogger logger, DateTime when, string folder);

        [LoggerMessage(EventId = 5122, Level = LogLevel.Warning, Message = "Whether a killed restore has left scratch databases could not be seen: {Why}")]
        public static partial void NotRemoved(ILogger logger, string why);
    }
}
