namespace SispiAgent.BackupSets;

/// <summary>
/// Decides which sets stay. Pure. Only verified sets count, so a damaged one never pushes a good one out. The sets of all hosts are one history of
/// their cluster: a failover begins no new one, a new system identifier does.
/// </summary>
internal static class RetentionPlan
{
    /// <summary>How long the host of the copies may be silent until nothing is pruned.</summary>
    private static readonly TimeSpan CopyHostSilence = TimeSpan.FromDays(8);

    /// <summary>How far a set may be ahead of the clock: two hosts' clocks differ a little. What is farther was made, or is looked at, by a wrong clock.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1);

    /// <summary>Decides for every set, newest first.</summary>
    /// <param name="sets">The sets on this host's disk.</param>
    /// <param name="rules">How long they are kept.</param>
    /// <param name="now">Now.</param>
    /// <param name="copySeen">When the host of the copies was last seen to have a set that this one has too; <see langword="null"/> if never. Counts for own sets.</param>
    public static IReadOnlyList<Retention> Decide(IEnumerable<RetainedSet> sets, RetentionRules rules, DateTimeOffset now, DateTimeOffset? copySeen)
    {
        RetainedSet[] ordered = [.. sets.OrderByDescending(set => set.Time).ThenBy(set => set.Id, StringComparer.Ordinal)];
        RetainedSet[] good = [.. ordered.Where(set => set.IsVerified && !set.IsFromFormerPrimary && !IsAhead(set, now))];
        var current = good.FirstOrDefault()?.SystemIdentifier;
        good = [.. good.Where(set => set.SystemIdentifier == current)];
        var months = good.GroupBy(set => TimeZoneInfo.ConvertTime(set.Time, rules.Zone) is var local ? (local.Year, local.Month) : default)
            .Take(rules.Monthly).Select(month => month.First().Id).ToHashSet();
        (RetainedSet Set, string? Stays)[] decided = [.. ordered.Select(set => (set, Why(set) ?? WhyOfRules(set) ?? WhyOfNow(set)))];
        var stays = decided.Where(entry => entry.Stays is not null).Select(entry => entry.Set.Id).ToHashSet();
        return [.. decided.Select(entry => entry.Stays is { } reason
            ? new Retention(entry.Set.Id, true, reason)
            : new(entry.Set.Id, false, $"{Rank(entry.Set)} newer verified sets are there; it is older than {rules.Within.TotalDays:0.#} days and no month's newest") { Replacement = Replacement(entry.Set) })];

        int Rank(RetainedSet set) => Array.IndexOf(good, set);

        string? Why(RetainedSet set) => set switch
        {
            { Pin: { } reason } => reason.Length > 0 ? $"pinned: {reason}" : "pinned",
            _ when IsAhead(set, now) => "dated in the future: a clock was wrong. It counts for nothing; remove it by hand when it is no longer wanted",
            _ when current is null => "no verified set is there that could replace it",
            _ when set.SystemIdentifier != current => "of another cluster (system identifier); remove it by hand when it is no longer wanted",
            { IsVerified: false } => "damaged or not verified: it counts for nothing and is left for you to look at",
            { IsFromFormerPrimary: true } => "dumped by a server that was no longer the primary at its end: look at it, and remove it by hand",
            _ => null,
        };

        string? WhyOfRules(RetainedSet set) => Rank(set) switch
        {
            0 => "the newest verified set",
            var rank when rank < Math.Max(rules.AtLeast, 1) => $"never fewer than {rules.AtLeast} verified sets",
            var rank when rank < rules.Last => $"one of the last {rules.Last}",
            _ when now - set.Time < rules.Within => $"younger than {rules.Within.TotalDays:0.#} days",
            _ when months.Contains(set.Id) => $"the newest of its month, for {rules.Monthly} months",
            _ when !rules.CopyRequired => null,
            _ when !set.IsOnTwoHosts => "no other host was seen to have its copy",
            var rank when good.Take(rank).Count(newer => newer.IsOnTwoHosts) < Math.Max(rules.AtLeast, 1) => $"never fewer than {rules.AtLeast} sets that two hosts have",
            _ when set.IsOwn && (copySeen is null || now - copySeen > CopyHostSilence) => "no copy was proven for 8 days: the host of the copies may be lost",
            _ => null,
        };

        string? WhyOfNow(RetainedSet set) => set.Holder is { } holder ? $"it is being read: {holder}. The next pruning removes it" : null;

        string Replacement(RetainedSet set) => good.Take(Rank(set)).Last(newer => stays.Contains(newer.Id) && (!rules.CopyRequired || newer.IsOnTwoHosts)).Id;
    }

    private static bool IsAhead(RetainedSet set, DateTimeOffset now) => set.Time - now > ClockDifference;
}
