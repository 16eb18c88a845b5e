using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>Restores a set into a throwaway server and compares everything that its manifest recorded. What the set can't help is told apart from what is wrong with it.</summary>
internal sealed class Drill(CurrentSite site, LiveOptions<PostgresOptions> postgres, LiveOptions<RestoreOptions> options, AgentPaths paths, TimeProvider time)
{
    /// <summary>Where the throwaway servers are.</summary>
    public string Root => options.Current.DrillDirectory is { Length: > 0 } configured ? configured
        : Path.Combine(site.Value.Self.BackupDirectory is { Length: > 0 } backups ? backups : paths.StateDirectory, ".drill");

    /// <summary>Removes what a killed drill has left, if none is at work.</summary>
    /// <returns>What was removed.</returns>
    public IReadOnlyList<string> RemoveLeft()
    {
        using var only = TryLock();
        return only is null ? [] : DrillFolder.RemoveLeft(Root);
    }

    /// <summary>Drills a set.</summary>
    /// <exception cref="AgentException">Another drill of this host is at work.</exception>
    public async Task<DrillResult> RunAsync(BackupSet set, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        using var only = TryLock() ?? throw new AgentException("Another drill of this host is at work.", "Wait for it: sispi-agent status");
        using var hold = await SetHold.TakeAsync(set.Folder, "a drill", time, cancellationToken);
        var (began, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        var result = new DrillResult(set.Id, began, default, DrillVerdict.Passed, [])
        {
            Node = site.Value.Self.Name, SystemIdentifier = set.Manifest.SystemIdentifier, Bytes = set.Manifest.Databases.Sum(database => database.Bytes), FileBytes = set.Manifest.Bytes,
        };
        try
        {
            progress.Report(new("set", "checks that the files are as they were written", 0.05));
            var damage = await SetVerification.VerifyAsync(set.Folder, cancellationToken);
            result = result with { Checked = time.GetElapsedTime(stamp) };
            progress.Report(new("set", damage.Count == 0 ? "is as it was written" : "is damaged", 1));
            result = damage.Count > 0 ? result with { Verdict = DrillVerdict.Failed, Problems = damage } : await RestoreAsync(set, result, progress, cancellationToken);
        }
        catch (CannotDrillException e)
        {
            result = result with { Verdict = DrillVerdict.Cannot, Problems = [e.Message] };
        }
        catch (Npgsql.NpgsqlException e)
        {
            result = result with { Verdict = DrillVerdict.Failed, Problems = [$"the comparison broke: {e.Message.ReplaceLineEndings(" / ")}"] };
        }
        catch (RestoreFailedException e) when (e.InnerException is AgentException or IOException) // a program that can't be started or does not end, a list that can't be written
        {
            result = result with { Verdict = DrillVerdict.Cannot, Problems = [$"at {e.At}: {e.Message.ReplaceLineEndings(" / ")}"] };
        }
        catch (RestoreFailedException e)
        {
            result = result with { Verdict = DrillVerdict.Failed, Problems = [$"the restore broke at {e.At}: {e.Message.ReplaceLineEndings(" / ")}"] };
        }

        return result with { Took = time.GetElapsedTime(stamp) };
    }

    private async Task<DrillResult> RestoreAsync(BackupSet set, DrillResult result, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        DrillFolder.RemoveLeft(Root);
        var folder = DrillFolder.Next(Root);
        try
        {
            DrillServer.CheckSpace(folder, set.Manifest);
            using var lifeline = Lifeline.Start(folder);
            progress.Report(new("server", "is made and started", 0.1));
            await using var server = await DrillServer.StartAsync(folder, set, options.Current, postgres.Current.BinDirectory, lifeline.Run, cancellationToken);
            try
            {
                if (await RestoreCheck.LacksAsync(server.Target, set.Manifest, set.Manifest.Databases, cancellationToken) is { Count: > 0 } lacks)
                    return result with { Verdict = DrillVerdict.Cannot, Problems = lacks };
                progress.Report(new("server", "runs", 1));
                return await CompareAsync(server, set, Path.Combine(folder, "lists"), result, progress, cancellationToken);
            }
            catch (Exception e) when (e is RestoreFailedException or Npgsql.NpgsqlException && (!server.IsRunning || new DriveInfo(folder).AvailableFreeSpace < 64L << 20))
            {
                throw new CannotDrillException(server.IsRunning ? $"the disk of {folder} ran full" : $"the throwaway server ended by itself (memory, disk?): {server.LogTail}");
            }
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<DrillResult> CompareAsync(DrillServer server, BackupSet set, string lists, DrillResult result, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        var stamp = time.GetTimestamp();
        var parallel = options.Current.ParallelHere(isDrill: true);
        var request = new RestoreRequest(set.Folder, null) { NoTablespaces = true }; // the globals would make real tablespaces, next to the live standby
        var run = new RestoreRun(server.Target, set.Folder, request, parallel, lists, journal: null, progress, time);
        await run.RunAsync(set.Manifest, request.Steps(set.Manifest), cancellationToken);
        result = result with { Restored = time.GetElapsedTime(stamp), Sessions = parallel, Steps = run.Times };
        stamp = time.GetTimestamp();
        List<string> problems = [], remarks = [.. run.Remarks];
        foreach (var database in set.Manifest.Databases)
        {
            var comparison = await RestoreComparison.RunAsync(server.Target, set, database, database.Name, parallel, progress, cancellationToken);
            problems.AddRange(comparison.Problems);
            remarks.AddRange(comparison.Remarks);
            result = result with { Tables = result.Tables + comparison.Tables, Digests = result.Digests + comparison.Digests };
        }

        return result with { Compared = time.GetElapsedTime(stamp), Verdict = problems.Count == 0 ? DrillVerdict.Passed : DrillVerdict.Failed, Problems = problems, Remarks = remarks };
    }

    private FileLock? TryLock()
    {
        OwnerOnly.CreateFolder(paths.StateDirectory);
        return FileLock.TryTake(Path.Combine(paths.StateDirectory, "drill.lock"));
    }
}
