namespace SispiAgent.BackupSets;

/// <summary>What is to be known of a set to decide whether it is kept.</summary>
/// <param name="Id">Its name with its origin.</param>
/// <param name="Time">When it was begun, UTC.</param>
/// <param name="SystemIdentifier">Of which cluster it is.</param>
/// <param name="IsVerified">Whether its files were last seen as they were written.</param>
/// <param name="IsOwn">Whether this host dumped it; else it is itself a copy.</param>
/// <param name="IsCopyProven">Whether another host was seen to have it.</param>
/// <param name="IsFromFormerPrimary">Whether the role changed while it was dumped.</param>
internal sealed record RetainedSet(string Id, DateTimeOffset Time, string SystemIdentifier, bool IsVerified, bool IsOwn, bool IsCopyProven, bool IsFromFormerPrimary);

/// <summary>How long sets are kept.</summary>
/// <param name="Last">So many of the newest.</param>
/// <param name="Within">All that are younger.</param>
/// <param name="Monthly">The newest of each month, for so many months.</param>
/// <param name="AtLeast">Never fewer than this.</param>
/// <param name="CopyRequired">Whether an own set is kept until another host has it.</param>
internal sealed record RetentionRules(int Last, TimeSpan Within, int Monthly, int AtLeast, bool CopyRequired);

/// <summary>What becomes of one set.</summary>
/// <param name="Id">The set.</param>
/// <param name="IsKept">Whether it stays.</param>
/// <param name="Reason">Why.</param>
internal sealed record Retention(string Id, bool IsKept, string Reason);

/// <summary>Decides which sets stay. Pure. Only verified sets count, so a damaged one never pushes a good one out.</summary>
internal static class RetentionPlan
{
    /// <summary>How long the host of the copies may be silent until nothing is pruned.</summary>
    private static readonly TimeSpan CopyHostSilence = TimeSpan.FromDays(8);

    /// <summary>Decides for every set, newest first.</summary>
    /// <param name="sets">The sets on this host's disk.</param>
    /// <param name="rules">How long they are kept.</param>
    /// <param name="now">Now.</param>
    /// <param name="copySeen">When a copy was last proven on another host; <see langword="null"/> if never. Counts for hosts that have own sets.</param>
    public static IReadOnlyList<Retention> Decide(IEnumerable<RetainedSet> sets, RetentionRules rules, DateTimeOffset now, DateTimeOffset? copySeen)
    {
        RetainedSet[] ordered = [.. sets.OrderByDescending(set => set.Time).ThenBy(set => set.Id, StringComparer.Ordinal)];
        RetainedSet[] good = [.. ordered.Where(set => set.IsVerified && !set.IsFromFormerPrimary)];
        var current = good.FirstOrDefault()?.SystemIdentifier;
        good = [.. good.Where(set => set.SystemIdentifier == current)];
        var monthly = good.GroupBy(set => (set.Time.UtcDateTime.Year, set.Time.UtcDateTime.Month)).Take(rules.Monthly).Select(group => group.First().Id).ToHashSet();
        return [.. ordered.Select(set => Decide(set, Array.IndexOf(good, set), current, monthly, rules, now, copySeen))];
    }

    private static Retention Decide(
        RetainedSet set, int rank, string? current, HashSet<string> monthly, RetentionRules rules, DateTimeOffset now, DateTimeOffset? copySeen)
    {
        Retention Keep(string reason) => new(set.Id, true, reason);
        if (current is null)
            return Keep("no verified set is there that could replace it");
        if (set.SystemIdentifier != current)
            return Keep("of another cluster (system identifier); remove it by hand when it is no longer wanted");
        if (!set.IsVerified)
            return Keep("damaged or not verified: it counts for nothing and is left for you to look at");
        if (set.IsFromFormerPrimary)
            return Keep("dumped by a server that was no longer the primary at its end: look at it, and remove it by hand");
        if (rank == 0)
            return Keep("the newest verified set");
        if (rank < Math.Max(rules.AtLeast, 1))
            return Keep($"never fewer than {rules.AtLeast} verified sets");
        if (rank < rules.Last)
            return Keep($"one of the last {rules.Last}");
        if (now - set.Time < rules.Within)
            return Keep($"younger than {rules.Within.TotalDays:0.#} days");
        if (monthly.Contains(set.Id))
            return Keep($"the newest of its month, for {rules.Monthly} months");
        if (rules.CopyRequired && set.IsOwn && !set.IsCopyProven)
            return Keep("no other host was seen to have its copy");
        if (rules.CopyRequired && set.IsOwn && (copySeen is null || now - copySeen > CopyHostSilence))
            return Keep("no copy was proven for 8 days: the host of the copies may be lost");
        return new(set.Id, false, $"{rank} newer verified sets are there; older than {rules.Within.TotalDays:0.#} days and no month's newest");
    }
}
