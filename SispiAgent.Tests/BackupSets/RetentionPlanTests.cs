using CsCheck;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class RetentionPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 14, 2, 0, TimeSpan.Zero);
    private static readonly RetentionRules Rules = new(4, TimeSpan.FromDays(35), 12, 2, CopyRequired: true);

    private static readonly Gen<RetainedSet[]> Sets = Gen.Select(Gen.Int[0, 900], Gen.Int[0, 1], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 9])
        .Select(drawn => new RetainedSet("", Now.AddDays(-drawn.Item1), $"cluster{drawn.Item2}", drawn.Item3, drawn.Item4, drawn.Item5, drawn.Item6 == 0))
        .Array[0, 80].Select(sets => sets.Select((set, index) => set with { Id = $"server2/{index}" }).ToArray());

    private static readonly Gen<RetentionRules> AnyRules = Gen.Select(Gen.Int[1, 10], Gen.Int[0, 100], Gen.Int[0, 24], Gen.Int[1, 5], Gen.Bool)
        .Select(drawn => new RetentionRules(drawn.Item1, TimeSpan.FromDays(drawn.Item2), drawn.Item3, drawn.Item4, drawn.Item5));

    [Test]
    public void Weekly_sets_of_three_years_leave_the_last_five_weeks_and_one_a_month()
    {
        RetainedSet[] weekly = [.. Enumerable.Range(0, 156).Select(week => Good($"w{week}", week * 7))];
        var kept = RetentionPlan.Decide(weekly, Rules, Now, Now).Where(entry => entry.IsKept).Select(entry => entry.Id).ToArray();
        // those younger than 35 days, then the newest of each of the twelve months with sets
        Assert.That(kept, Is.EqualTo(new[] { "w0", "w1", "w2", "w3", "w4", "w5", "w9", "w13", "w18", "w22", "w26", "w31", "w35", "w40", "w44", "w48" }));
    }

    [Test]
    public void A_set_whose_copy_nobody_has_seen_stays() => Assert.That(
        RetentionPlan.Decide([.. Young(), Good("old", 500) with { IsCopyProven = false }], Rules with { Monthly = 0 }, Now, Now).Single(entry => entry.Id == "old"),
        Is.EqualTo(new Retention("old", true, "no other host was seen to have its copy")));

    [TestCase(7, false)]
    [TestCase(9, true)]
    public void Without_the_host_of_the_copies_nothing_goes_after_eight_days(int silentDays, bool stays) => Assert.That(
        RetentionPlan.Decide([.. Young(), Good("old", 500)], Rules with { Monthly = 0 }, Now, Now.AddDays(-silentDays)).Single(entry => entry.Id == "old").IsKept, Is.EqualTo(stays));

    [Test]
    public void A_copy_is_pruned_without_a_copy_of_its_own() => Assert.That(
        RetentionPlan.Decide([.. Young(), Good("old", 500) with { IsOwn = false, IsCopyProven = false }], Rules with { Monthly = 0 }, Now, null).Single(entry => entry.Id == "old").IsKept, Is.False);

    [Test]
    public void Damaged_sets_push_no_good_one_out()
    {
        RetainedSet[] sets = [.. Enumerable.Range(0, 10).Select(day => Good($"bad{day}", day) with { IsVerified = false }), Good("good1", 400), Good("good2", 401)];
        Assert.That(RetentionPlan.Decide(sets, Rules with { Monthly = 0 }, Now, Now).Where(entry => entry.Id.StartsWith("good", StringComparison.Ordinal)), Has.All.Property(nameof(Retention.IsKept)).True);
    }

    [Test]
    public void The_old_clusters_sets_stay_when_a_new_history_begins() => Assert.That(
        RetentionPlan.Decide([.. Young(), Good("old", 500) with { SystemIdentifier = "other" }], Rules, Now, Now).Single(entry => entry.Id == "old").IsKept, Is.True);

    [Test]
    public void Whatever_the_sets_and_rules_are_the_good_ones_are_never_below_the_minimum() => Gen.Select(Sets, AnyRules).Sample((sets, rules) =>
    {
        var kept = RetentionPlan.Decide(sets, rules, Now, Now).Where(entry => entry.IsKept).Select(entry => entry.Id).ToHashSet();
        RetainedSet[] good = [.. sets.Where(set => set is { IsVerified: true, IsFromFormerPrimary: false })];
        var newest = good.OrderByDescending(set => set.Time).ThenBy(set => set.Id, StringComparer.Ordinal).FirstOrDefault();
        RetainedSet[] counting = [.. good.Where(set => set.SystemIdentifier == newest?.SystemIdentifier)];
        Assert.That(newest is null || kept.Contains(newest.Id));
        Assert.That(counting.Count(set => kept.Contains(set.Id)), Is.GreaterThanOrEqualTo(Math.Min(rules.AtLeast, counting.Length)));
        Assert.That(counting.Where(set => Now - set.Time < rules.Within).All(set => kept.Contains(set.Id)));
    });

    [Test]
    public void Whatever_the_sets_and_rules_are_only_good_proven_replaced_ones_go() => Gen.Select(Sets, AnyRules, Gen.Int[0, 20]).Sample((sets, rules, silent) =>
    {
        var plan = RetentionPlan.Decide(sets, rules, Now, Now.AddDays(-silent));
        Assert.That(plan.Select(entry => entry.Id), Is.EquivalentTo(sets.Select(set => set.Id)));
        foreach (var set in sets.Where(set => plan.Single(entry => entry.Id == set.Id) is { IsKept: false }))
        {
            Assert.That(set is { IsVerified: true, IsFromFormerPrimary: false });
            Assert.That(!rules.CopyRequired || !set.IsOwn || (set.IsCopyProven && silent <= 8));
            Assert.That(sets.Count(other => other is { IsVerified: true, IsFromFormerPrimary: false } && other.SystemIdentifier == set.SystemIdentifier && other.Time >= set.Time && other != set), Is.GreaterThanOrEqualTo(Math.Max(rules.Last, rules.AtLeast)));
        }
    });

    private static RetainedSet Good(string id, int days) => new(id, Now.AddDays(-days), "cluster0", true, true, true, false);

    private static RetainedSet[] Young() => [Good("a", 0), Good("b", 7), Good("c", 14), Good("d", 21)];
}
