using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class RestoreEstimateTests
{
    private const long MB = 1 << 20;
    private static readonly DateTimeOffset Sunday = new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static DrillResult Drill(int week, long megabytes, double restored, DrillVerdict verdict = DrillVerdict.Passed, string cluster = "7", params StepTime[] steps) => new($"server2/{week}", Sunday.AddDays(7 * week), Seconds(restored * 2), verdict, [])
    {
        SystemIdentifier = cluster, Bytes = megabytes * MB, FileBytes = megabytes * MB / 4, Restored = Seconds(restored), Checked = Seconds(restored / 10), Compared = Seconds(restored / 2), Steps = steps,
    };

    [Test]
    public void Without_a_passed_drill_of_the_cluster_there_is_no_estimate()
    {
        Assert.That(RestoreEstimate.Of(MB, MB, "7", []), Is.Null);
        Assert.That(RestoreEstimate.Of(MB, MB, "7", [Drill(1, 100, 10, DrillVerdict.Failed), Drill(2, 100, 10, DrillVerdict.Cannot), Drill(3, 100, 10, cluster: "8"), Drill(4, 0, 10), Drill(5, 100, 0)]), Is.Null);
        Assert.That(RestoreEstimate.Of(MB, MB, "", [Drill(1, 100, 10)]), Is.Null);
    }

    [TestCase(100, 10, 1, 5)]
    [TestCase(400, 40, 4, 20)]
    [TestCase(0, 0, 0, 0)]
    public void What_there_is_to_do_now_goes_by_the_drills_rates(long megabytes, double restore, double check, double comparison)
    {
        var estimate = RestoreEstimate.Of(megabytes * MB, megabytes * MB / 4, "7", [Drill(1, 100, 10)])!;
        Assert.That((estimate.Restore, estimate.Check, estimate.Comparison), Is.EqualTo((Seconds(restore), Seconds(check), Seconds(comparison))));
        Assert.That(estimate.Total, Is.EqualTo(Seconds(restore + check + comparison)));
        Assert.That(estimate.BytesASecond, Is.EqualTo(10 * MB));
    }

    [Test]
    public void Only_the_newest_three_drills_count_and_a_large_one_counts_for_more()
    {
        var drills = new[] { Drill(1, 100, 1000), Drill(3, 300, 30), Drill(2, 100, 10), Drill(4, 100, 60) };
        var estimate = RestoreEstimate.Of(500 * MB, 0, "7", drills)!;
        Assert.That(estimate.Drills.Select(drill => drill.Set), Is.EqualTo(new[] { "server2/4", "server2/3", "server2/2" }));
        Assert.That(estimate.Restore, Is.EqualTo(Seconds(100)));
    }

    [Test]
    public void A_step_goes_by_itself_in_the_newest_drill_that_had_it_else_by_its_phase()
    {
        static StepTime Rows(string file, long megabytes, double took = 0) => new(RestorePhase.Rows, "d", file, megabytes * MB, Seconds(took));
        static StepTime Views(string? database, double took = 0) => new(RestorePhase.Views, database, null, 0, Seconds(took));
        var older = Drill(1, 100, 10, steps: [Rows("gone", 30, 1), Rows("a", 10, 9)]);
        var newer = Drill(2, 100, 10, steps: [Rows("a", 10, 2), Views("d", 1), Views("e", 3)]);
        var estimate = RestoreEstimate.Of(0, 400 * MB, "7", [older, newer])!;

        Assert.That(estimate.Step(Rows("a", 20)), Is.EqualTo(Seconds(4)), "the same file, twice as large");
        Assert.That(estimate.Step(Rows("gone", 60)), Is.EqualTo(Seconds(2)), "only an older drill had it");
        Assert.That(estimate.Step(Rows("new", 50)), Is.EqualTo(Seconds(12)), "50 MB in all took 12 s in all");
        Assert.That(estimate.Step(Views("d")), Is.EqualTo(Seconds(1)));
        Assert.That(estimate.Step(Views("f")), Is.EqualTo(Seconds(2)), "the mean of those without a size");
        Assert.That(estimate.Step(new(RestorePhase.Constraints, "d", "a", MB, default)), Is.Null, "nothing like it was measured");
        Assert.That(estimate.Step(new(RestorePhase.Check, null, null, 0, default)), Is.EqualTo(estimate.Check));
    }

    [TestCase(0L, 1, "")]
    [TestCase(1023L, 1, "")]
    [TestCase(10 * MB, 0, "")]
    [TestCase(10 * MB, 2, "5 MB a second")]
    public void A_rate_is_said_only_where_enough_was_measured(long bytes, double seconds, string expected) => Assert.That(DrillRates.Rate(bytes, Seconds(seconds)), Is.EqualTo(expected));

    [TestCase(0.04, "0.0 s")]
    [TestCase(2.36, "2.4 s")]
    [TestCase(10.9, "10 s")]
    [TestCase(3700, "1 h 1 min")]
    public void A_part_of_a_second_counts_only_where_there_are_few(double seconds, string expected) => Assert.That(DrillRates.Took(Seconds(seconds)), Is.EqualTo(expected));
}
