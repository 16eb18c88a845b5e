using CsCheck;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

/// <summary>What holds for whatever sets, rules and clocks there are.</summary>
internal sealed class RetentionPropertyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 14, 2, 0, TimeSpan.Zero);

    private static readonly Gen<RetainedSet> Set =
        from hours in Gen.Frequency((9, Gen.Int[0, 22_000]), (1, Gen.Int[-9_000, -1])) // a tenth is of a clock that ran ahead
        from cluster in Gen.Frequency((5, Gen.Const("new")), (1, Gen.Const("old")))
        from origin in Gen.OneOf(Gen.Const("server2"), Gen.Const("server3"))
        from isVerified in Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false)))
        from isProven in Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false)))
        from isFormer in Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true)))
        from isPinned in Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true)))
        select new RetainedSet(origin, Now.AddHours(-hours), cluster, isVerified, origin == "server2", isProven, isFormer) { Pin = isPinned ? "" : null };

    private static readonly Gen<RetainedSet[]> Sets = Set.Array[0, 60].Select(sets => sets.Select((set, index) => set with { Id = $"{set.Id}/{index:00}" }).ToArray());

    private static readonly Gen<RetentionRules> Rules =
        from last in Gen.Int[1, 8]
        from within in Gen.Int[0, 100]
        from monthly in Gen.Int[0, 15]
        from atLeast in Gen.Int[1, 5]
        from copy in Gen.Bool
        from zone in Gen.OneOf(Gen.Const("UTC"), Gen.Const("America/Santiago"), Gen.Const("Pacific/Kiritimati"))
        select new RetentionRules(last, TimeSpan.FromDays(within), monthly, atLeast, copy) { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) };

    /// <summary>When copies were last seen, in days before now: never, long ago, lately, or by a clock that ran ahead.</summary>
    private static readonly Gen<DateTimeOffset?> CopySeen = Gen.OneOf(Gen.Const((DateTimeOffset?)null), Gen.Int[-5, 20].Select(days => (DateTimeOffset?)Now.AddDays(-days)));

    [Test]
    public void The_verified_sets_never_fall_below_the_minimum() => Gen.Select(Sets, Rules, CopySeen).Sample((sets, rules, seen) =>
    {
        var counting = Counting(sets);
        var kept = Kept(sets, rules, seen);
        Assert.That(counting.Count(set => kept.Contains(set.Id)), Is.GreaterThanOrEqualTo(Math.Min(rules.AtLeast, counting.Length)));
        Assert.That(counting.Length == 0 || kept.Contains(counting[0].Id), "the newest");
        Assert.That(counting.Take(rules.Last).All(set => kept.Contains(set.Id)), "the last ones");
        if (!rules.CopyRequired)
            return;
        RetainedSet[] twice = [.. counting.Where(set => set.IsOnTwoHosts)];
        Assert.That(twice.Count(set => kept.Contains(set.Id)), Is.GreaterThanOrEqualTo(Math.Min(rules.AtLeast, twice.Length)), "those on two hosts");
    });

    [Test]
    public void Only_what_is_whole_replaced_and_of_this_cluster_goes() => Gen.Select(Sets, Rules, CopySeen).Sample((sets, rules, seen) =>
    {
        var plan = RetentionPlan.Decide(sets, rules, Now, seen);
        Assert.That(plan.Select(entry => entry.Id), Is.EquivalentTo(sets.Select(set => set.Id)));
        var counting = Counting(sets);
        foreach (var entry in plan.Where(entry => !entry.IsKept))
        {
            var set = sets.Single(candidate => candidate.Id == entry.Id);
            Assert.That(set is { IsVerified: true, IsFromFormerPrimary: false, Pin: null } && set.SystemIdentifier == counting[0].SystemIdentifier);
            Assert.That(Now - set.Time, Is.GreaterThanOrEqualTo(rules.Within));
            Assert.That(!rules.CopyRequired || !set.IsOwn || (set.IsCopyProven && seen is { } at && Now - at <= TimeSpan.FromDays(8)));
            var replacement = counting.Single(candidate => candidate.Id == entry.Replacement);
            Assert.That(plan.Single(candidate => candidate.Id == replacement.Id).IsKept && replacement.Time >= set.Time && replacement.Id != set.Id);
            Assert.That(!rules.CopyRequired || replacement.IsOnTwoHosts);
        }

        Assert.That(plan.Where(entry => entry.IsKept), Has.All.Property(nameof(Retention.Replacement)).Null);
    });

    [Test]
    public void More_generous_rules_never_let_more_go() => Gen.Select(Sets, Rules, Rules, CopySeen).Sample((sets, one, other, seen) =>
    {
        var generous = new RetentionRules(Math.Max(one.Last, other.Last), one.Within > other.Within ? one.Within : other.Within, Math.Max(one.Monthly, other.Monthly), Math.Max(one.AtLeast, other.AtLeast), one.CopyRequired || other.CopyRequired) { Zone = one.Zone };
        Assert.That(Kept(sets, generous, seen), Is.SupersetOf(Kept(sets, one, seen)));
    });

    [Test]
    public void What_does_not_count_pushes_no_good_one_out() => Gen.Select(Sets, Sets, Rules, CopySeen).Sample((sets, others, rules, seen) =>
    {
        // damaged ones, such of a former primary, such of the future, however many and however new
        RetainedSet[] more = [.. others.Select((set, index) => (index % 3) switch { 0 => set with { Id = $"x/{index}", IsVerified = false }, 1 => set with { Id = $"x/{index}", IsFromFormerPrimary = true }, _ => set with { Id = $"x/{index}", Time = Now.AddDays(2 + index) } })];
        Assert.That(Kept([.. sets, .. more], rules, seen), Is.SupersetOf(Kept(sets, rules, seen)));
    });

    [Test]
    public void A_new_good_set_never_makes_more_than_the_rules_say_go() => Gen.Select(Sets, Rules).Sample((sets, rules) =>
    {
        // pruning after pruning with one new set a week: the disk never holds fewer than the rules ask for
        var now = Now;
        var here = sets.Where(set => set.Time <= now).ToList();
        for (var week = 0; week < 12; week++, now = now.AddDays(7))
        {
            here.Add(new RetainedSet($"server2/w{week:00}", now, "new", true, true, week % 2 == 0, false));
            var plan = RetentionPlan.Decide(here, rules, now, now);
            here.RemoveAll(set => plan.Single(entry => entry.Id == set.Id) is { IsKept: false });
            Assert.That(here.Count(set => set is { IsVerified: true, IsFromFormerPrimary: false, SystemIdentifier: "new" }), Is.GreaterThanOrEqualTo(Math.Min(week + 1, Math.Max(rules.Last, rules.AtLeast))));
        }
    }, iter: 50);

    [Test]
    public void Whatever_the_clock_says_the_minimum_stays() => Gen.Select(Sets, Rules, Gen.Int[-2000, 2000]).Sample((sets, rules, days) =>
    {
        var kept = RetentionPlan.Decide(sets, rules, Now.AddDays(days), Now.AddDays(days)).Where(entry => entry.IsKept).Select(entry => entry.Id).ToHashSet();
        RetainedSet[] good = [.. sets.Where(set => set is { IsVerified: true, IsFromFormerPrimary: false })];
        Assert.That(good.Count(set => kept.Contains(set.Id)), Is.GreaterThanOrEqualTo(Math.Min(rules.AtLeast, good.Length)));
    });

    private static HashSet<string> Kept(IEnumerable<RetainedSet> sets, RetentionRules rules, DateTimeOffset? seen) =>
        [.. RetentionPlan.Decide(sets, rules, Now, seen).Where(entry => entry.IsKept).Select(entry => entry.Id)];

    /// <summary>The sets that count, newest first.</summary>
    private static RetainedSet[] Counting(RetainedSet[] sets)
    {
        RetainedSet[] good = [.. sets.Where(set => set is { IsVerified: true, IsFromFormerPrimary: false } && set.Time - Now <= TimeSpan.FromDays(1)).OrderByDescending(set => set.Time).ThenBy(set => set.Id, StringComparer.Ordinal)];
        return [.. good.Where(set => set.SystemIdentifier == good[0].SystemIdentifier)];
    }
}
