using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Backup;

/// <summary>The whole run: set, copies, pruning, mail. The schedule and <c>backup run</c> go the same way.</summary>
internal sealed partial class BackupPipeline(
    ServerReader reader, SetBuilder builder, SetCopies copies, Pruning pruning, DiskCatalog catalog, AlertDesk desk, Outbox outbox, StatusBoard board, CurrentSite site, TimeProvider time, ILogger<BackupPipeline> logger)
{
    /// <summary>A run broke, or could not begin.</summary>
    public static readonly FindingCode Failed = new("backup.failed");

    /// <summary>A set has no proven copy on another database host.</summary>
    public static readonly FindingCode CopyMissing = new("backup.copy-missing");

    private const string RunName = "backup.run", CopyName = "backup.copy";

    /// <summary>This host's server, as it is now.</summary>
    public Task<ServerStatus> LookAsync(CancellationToken cancellationToken) => reader.ReadAsync(site.Value.Self, cancellationToken);

    /// <summary>Makes a set and does all that follows. A failure is a finding and is thrown on.</summary>
    /// <exception cref="AgentException">It was refused.</exception>
    /// <exception cref="BackupBusyException">Another run is at work.</exception>
    /// <exception cref="BackupFailedException">It broke; no set, and nothing older was touched.</exception>
    public async Task<BackupOutcome> RunAsync(ServerStatus status, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        BackupSet set;
        IReadOnlyList<BackupSet> earlier;
        try
        {
            earlier = SetCatalog.Read(self.BackupDirectory);
            set = await builder.BuildAsync(status, progress, cancellationToken);
        }
        catch (Exception e) when (e is not BackupBusyException) // becomes a failed run: a finding, and it is thrown on
        {
            Fail(e, cancellationToken);
            throw;
        }

        Log.Made(logger, set.Id, set.Manifest.Bytes);
        Report(RunName, []);
        board.Record(new(self.Name, "backup", $"{set.Manifest.Name}, {ByteSize.Words(set.Manifest.Bytes)}", true, time.GetUtcNow()));
        var copied = await CopyNewAsync(set, progress, cancellationToken);
        ReportCopies(set, copied);
        var isCounting = !set.Manifest.IsFromFormerPrimary;
        var (pruned, next) = isCounting ? Prune() : ([], "It was made by a former primary: nothing is removed because of it.");
        var outcome = new BackupOutcome(set, [.. earlier.Where(other => other.Manifest.SystemIdentifier == set.Manifest.SystemIdentifier && !other.Manifest.IsFromFormerPrimary)], copied, pruned, next) { LastDrill = await catalog.LastDrillAsync(cancellationToken) };
        outbox.Post(BackupLetter.Write(outcome, site.Value.TimeZone));
        return outcome;
    }

    /// <summary>Copies a set to every place; a failure is a finding of its own.</summary>
    /// <returns>Why copies are missing; empty: every place has a proven one.</returns>
    public async Task<IReadOnlyList<string>> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        var results = await copies.CopyAsync(set, progress, cancellationToken);
        ReportCopies(set, results);
        return [.. results.Where(result => result.Problem is not null).Select(result => $"{result.Place}: {result.Problem}")];
    }

    /// <summary>Copies a set that was just made. If copying can't even begin (another copy is at work), the set is there all the same, and its letter says so.</summary>
    private async Task<IReadOnlyList<CopyResult>> CopyNewAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await copies.CopyAsync(set, progress, cancellationToken);
        }
        catch (AgentException e)
        {
            return [.. copies.Places().Select(place => new CopyResult(place.Name, place.Where, e.Message))];
        }
    }

    /// <summary>Copies what has no proven copy, newest first. A place that does not take one is asked no more in this round; the others go on.</summary>
    /// <returns>Whether every place has every own set now.</returns>
    public async Task<bool> CopyMissingAsync(CancellationToken cancellationToken)
    {
        HashSet<string> failed = [];
        (BackupSet Set, IReadOnlyList<CopyResult> Results)? newest = null;
        foreach (var (set, places) in copies.Unproven())
        {
            var results = await copies.CopyAsync(set, [.. places.Where(place => !failed.Contains(place.Name))], new Progress<BackupProgress>(), cancellationToken);
            var broken = results.Where(result => result.Problem is not null).Select(result => result.Place).ToArray();
            if (newest is null || (broken.Length > 0 && newest.Value.Results.All(result => result.Problem is null)))
                newest = (set, results);
            failed.UnionWith(broken);
        }

        if (newest is { } told)
            ReportCopies(told.Set, told.Results);
        return failed.Count == 0;
    }

    private void ReportCopies(BackupSet set, IReadOnlyList<CopyResult> results)
    {
        var self = site.Value.Self;
        string[] problems = [.. results.Where(result => result.Problem is not null).Select(result => $"{result.Place}: {result.Problem}")];
        if (results.Count > 0)
            board.Record(new(self.Name, "backup copy", problems.Length == 0 ? $"{set.Manifest.Name} proven on {string.Join(", ", results.Select(result => result.Place))}" : string.Join("; ", problems), problems.Length == 0, time.GetUtcNow()));
        Report(CopyName, problems.Length == 0 ? [] :
        [
            new Finding(CopyMissing, self.Name, Severity.Warning, "the newest backup set has no proven copy")
            {
                Evidence = [$"set {set.Id}", .. problems],
                Effect = "The set itself is whole. If this host's disk is lost, it is lost with it; older sets are kept meanwhile.",
                Remedy = [$"It is tried again by itself, and goes on where it stopped. By hand: sispi-agent backup copy {set.Id}", "Try the way there: sispi-agent peer check"],
            },
        ]);
    }

    /// <summary>Says that there is no new set.</summary>
    public void Fail(Exception failure, CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        var unit = (failure as BackupFailedException)?.Unit;
        var what = cancellationToken.IsCancellationRequested ? "it was stopped" : failure.Message;
        Log.Failed(logger, unit ?? "before the first byte", what);
        board.Record(new(self.Name, "backup", $"failed: {what}", false, time.GetUtcNow()));
        Report(RunName,
        [
            new Finding(Failed, self.Name, Severity.Critical, unit is null ? "the backup did not run" : $"the backup broke at {unit}")
            {
                Evidence = [what, unit is null ? "it broke before the first dump" : $"unit: {unit}"],
                Effect = "There is no new backup set. The older sets are untouched, and nothing was pruned.",
                Remedy = [failure switch { BackupFailedException broken => broken.Hint, AgentException refused => refused.Hint, _ => "See the log, then run it again." }, $"On {self.Name}: sispi-agent backup run"],
            },
        ]);
    }

    /// <summary>Removes old sets. The set is made all the same if that fails; the mail says so.</summary>
    private (IReadOnlyList<SetDeletion> Pruned, string Next) Prune()
    {
        try
        {
            var outcome = pruning.Run();
            foreach (var set in outcome.Removed)
                Log.Pruned(logger, set.Set, set.Reason);
            var next = PruneLetter.NextToGo(pruning.Plan());
            return (outcome.Removed, outcome.Problems.Count == 0 ? next : $"NOT removed whole, it is tried again: {string.Join("; ", outcome.Problems)}. {next}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AgentException)
        {
            Log.NotPruned(logger, e);
            return ([], $"Old sets could not be removed: {e.Message} By hand: sispi-agent backup prune");
        }
    }

    private void Report(string name, IReadOnlyList<Finding> findings) => desk.Report(new Sweep(name, ScheduleKeys.Backup, time.GetUtcNow(), findings) { IsCertain = true });

    private static partial class Log
    {
        [LoggerMessage(EventId = 5000, Level = LogLevel.Information, Message = "Backup set {Set} is complete: {Bytes} bytes.")]
        public static partial void Made(ILogger logger, string set, long bytes);

        [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "The backup failed at {Unit}: {What}")]
        public static partial void Failed(ILogger logger, string unit, string what);

        [LoggerMessage(EventId = 5003, Level = LogLevel.Error, Message = "Old backup sets could not be removed.")]
        public static partial void NotPruned(ILogger logger, Exception exception);

        [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "Backup set {Set} was removed: {Reason}")]
        public static partial void Pruned(ILogger logger, string set, string reason);
    }
}
