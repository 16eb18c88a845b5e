using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Platform;

namespace SispiAgent.Backup;

/// <summary>What came of a pruning.</summary>
/// <param name="Removed">The sets that are gone.</param>
/// <param name="Problems">What could not be removed whole, and why; the next pruning goes on with it.</param>
/// <param name="GivenUp">Copies that other hosts had begun and given up, removed.</param>
internal sealed record PruneOutcome(IReadOnlyList<SetDeletion> Removed, IReadOnlyList<string> Problems, IReadOnlyList<string> GivenUp);

/// <summary>Removes old sets from this host's own disk, as the retention plan decides. Each removal is recorded before its first file goes.</summary>
internal sealed class Pruning(CurrentSite site, RetentionFacts facts, DeletionBook book, Outbox outbox, AgentPaths paths, TimeProvider time)
{
    /// <summary>What the plan decides about each set here, newest first.</summary>
    public IReadOnlyList<Retention> Plan() => facts.Decide(SetCatalog.Read(site.Value.Self.BackupDirectory));

    /// <summary>Removes what the plan lets go, and finishes what an earlier run began.</summary>
    /// <exception cref="AgentException">Another pruning is at work.</exception>
    public PruneOutcome Run()
    {
        using var only = FileLock.TryTake(Path.Combine(paths.StateDirectory, "prune.lock")) ?? throw new AgentException("Old sets are being removed already.", "Wait for it: sispi-agent backup list --deleted");
        var directory = site.Value.Self.BackupDirectory;
        List<string> removed = [], problems = [];
        foreach (var (folder, set) in SetRemoval.Begun(directory))
            Try(set, problems, () => Finish(folder, set, removed));
        var sets = SetCatalog.Read(directory).ToDictionary(set => set.Id);
        var plan = facts.Decide([.. sets.Values]);
        Reconcile(plan, directory, removed);
        foreach (var entry in plan.Where(entry => !entry.IsKept))
        {
            var set = sets[entry.Id];
            if (SetPins.Read(set.Folder) is not null)
                continue; // pinned since the plan was made
            using var taken = SetHold.TryTakeForRemoval(set.Folder);
            if (taken is null)
                continue; // a restore or a drill has begun to read it since the plan was made
            book.Intend(set.Id, entry.Reason, entry.Replacement, set.Manifest.Bytes);
            Try(set.Id, problems, () => Finish(SetRemoval.Begin(set.Folder), set.Id, removed));
        }

        IReadOnlyList<string> givenUp = [];
        Try("copies that were given up", problems, () => givenUp = ReceivedCopy.RemoveGivenUp(directory, site.Value.Self.Name, time.GetUtcNow()));
        return new([.. book.ReadAll().Where(deletion => deletion.Completed is not null).DistinctBy(deletion => deletion.Set).Where(deletion => removed.Contains(deletion.Set))], problems, givenUp);
    }

    /// <summary>The same, and tells everybody in a short letter: for removals that no backup's letter tells.</summary>
    public PruneOutcome RunAndTell()
    {
        var outcome = Run();
        if (outcome.Removed.Count > 0)
            outbox.Post(PruneLetter.Write(site.Value.Self.Name, outcome, Plan()));
        return outcome;
    }

    private void Finish(string folder, string set, List<string> removed)
    {
        if (!book.ReadAll().Any(deletion => deletion.Set == set && deletion.Completed is null))
            book.Intend(set, "its removal had been begun; the record of why was lost", null, 0);
        SetRemoval.Finish(folder);
        SetHold.Forget(Path.Combine(site.Value.Self.BackupDirectory, set));
        book.Complete(set);
        removed.Add(set);
    }

    private void Try(string set, List<string> problems, Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            book.Fail(set, e.Message);
            problems.Add($"{set}: {e.Message}");
        }
    }

    /// <summary>Closes the intentions of a run that broke: one whose set is there and stays is none any more, one whose set is gone was carried out.</summary>
    private void Reconcile(IReadOnlyList<Retention> plan, string directory, List<string> removed)
    {
        var begun = SetRemoval.Begun(directory).Select(entry => entry.Set).ToHashSet();
        foreach (var open in book.ReadAll().Where(deletion => deletion.Completed is null && !begun.Contains(deletion.Set)))
        {
            if (plan.FirstOrDefault(entry => entry.Id == open.Set) is { } decided)
            {
                if (decided.IsKept)
                    book.Withdraw(open.Set);
            }
            else if (!Directory.Exists(Path.Combine(directory, open.Set)))
            {
                book.Complete(open.Set);
                removed.Add(open.Set);
            }
        }
    }
}
