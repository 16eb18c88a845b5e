using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class RetentionPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 14, 2, 0, TimeSpan.Zero);
    private static readonly RetentionRules Rules = new(4, TimeSpan.FromDays(35), 12, 2, CopyRequired: true);

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
    public void A_pinned_set_stays_and_says_why() => Assert.That(
        RetentionPlan.Decide([.. Young(), Good("old", 500) with { Pin = "before the upgrade" }], Rules with { Monthly = 0 }, Now, Now).Single(entry => entry.Id == "old"),
        Is.EqualTo(new Retention("old", true, "pinned: before the upgrade")));

    [Test]
    public void What_goes_names_the_newer_kept_set_that_replaces_it()
    {
        var plan = RetentionPlan.Decide([.. Young(), Good("month", 40), Good("old", 41)], Rules with { Monthly = 2 }, Now, Now);
        Assert.That(plan.Where(entry => !entry.IsKept).Select(entry => (entry.Id, entry.Replacement)), Is.EqualTo(new[] { ("old", "month") }));
    }

    [Test]
    public void Months_are_those_of_the_sites_zone()
    {
        // 1 November, 01:00 UTC, is still October in Chile: the two sets are two months there, and one month in UTC
        RetainedSet[] sets = [.. Young(), Good("november", 0) with { Time = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero) }, Good("october", 0) with { Time = new(2026, 10, 1, 1, 0, 0, TimeSpan.Zero) }];
        bool Stays(TimeZoneInfo zone) => RetentionPlan.Decide(sets, Rules with { Within = TimeSpan.Zero, Monthly = 3, Zone = zone }, Now, Now).Single(entry => entry.Id == "october").IsKept;
        Assert.That(Stays(TimeZoneInfo.Utc), Is.False);
        Assert.That(Stays(TimeZoneInfo.FindSystemTimeZoneById("America/Santiago")), Is.True);
    }

    [Test]
    public void After_a_failover_the_sets_of_both_hosts_are_one_history()
    {
        RetainedSet[] sets = [.. Young().Select(set => set with { Id = $"server3/{set.Id}", IsOwn = true }), Good("server2/old", 500) with { IsOwn = false }, Good("server2/older", 501) with { IsOwn = false }];
        Assert.That(RetentionPlan.Decide(sets, Rules with { Monthly = 0 }, Now, Now).Where(entry => !entry.IsKept).Select(entry => entry.Id), Is.EqualTo(new[] { "server2/old", "server2/older" }));
    }

    [Test]
    public void Copies_outlive_the_other_host_until_two_newer_sets_are_on_two_hosts()
    {
        RetainedSet[] alone = [.. Young().Select(set => set with { IsCopyProven = false }), Good("copy1", 400) with { IsOwn = false }, Good("copy2", 401) with { IsOwn = false }, Good("copy3", 402) with { IsOwn = false }];
        Assert.That(RetentionPlan.Decide(alone, Rules with { Monthly = 0 }, Now, null).Where(entry => !entry.IsKept).Select(entry => entry.Id), Is.EqualTo(new[] { "copy3" }));
    }

    [Test]
    public void A_set_from_the_future_counts_for_nothing_and_stays()
    {
        var plan = RetentionPlan.Decide([Good("ahead", -400) with { SystemIdentifier = "old cluster" }, .. Young(), Good("old", 500)], Rules with { Monthly = 0 }, Now, Now);
        Assert.That(plan.Where(entry => !entry.IsKept).Select(entry => entry.Id), Is.EqualTo(new[] { "old" }));
        Assert.That(plan[0].Reason, Does.StartWith("dated in the future"));
    }

    [TestCase(-4000, 5)] // the clock fell back: every set seems to be of the future
    [TestCase(4000, 2)] // the clock leapt ahead: age alone would remove everything
    public void A_wrong_clock_never_empties_the_disk(int days, int left) => Assert.That(
        RetentionPlan.Decide([.. Young(), Good("old", 60)], Rules with { Last = 2, Monthly = 0 }, Now.AddDays(days), Now.AddDays(days)).Count(entry => entry.IsKept), Is.EqualTo(left));

    private static RetainedSet Good(string id, int days) => new(id, Now.AddDays(-days), "cluster0", true, true, true, false);

    private static RetainedSet[] Young() => [Good("a", 0), Good("b", 7), Good("c", 14), Good("d", 21)];
}
