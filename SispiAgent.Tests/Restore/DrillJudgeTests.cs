using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class DrillJudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 18, 0, 0, TimeSpan.Zero);

    private static DrillResult Drill(DrillVerdict verdict, double daysAgo, params string[] problems) => new("server2/20261129T140200Z", Now.AddDays(-daysAgo), TimeSpan.FromMinutes(10), verdict, problems);

    private static IReadOnlyList<Finding> Judge(DrillResult? latest, DrillResult? passed, double? setsForDays) =>
        DrillJudge.Judge("server3", latest, passed, setsForDays is { } days ? Now.AddDays(-days) : null, Now, TimeSpan.FromDays(15));

    private static IEnumerable<TestCaseData> Cases()
    {
        var (fresh, old) = (Drill(DrillVerdict.Passed, 1), Drill(DrillVerdict.Passed, 16));
        yield return new TestCaseData(fresh, fresh, 30.0, "").SetArgDisplayNames("fresh");
        yield return new TestCaseData(null, null, null, "").SetArgDisplayNames("no set yet: nothing to drill");
        yield return new TestCaseData(null, null, 14.9, "").SetArgDisplayNames("the first set is young");
        yield return new TestCaseData(null, null, 15.1, "drill.stale/never").SetArgDisplayNames("never");
        yield return new TestCaseData(old, old, 100.0, "drill.stale/stale").SetArgDisplayNames("too long ago");
        yield return new TestCaseData(Drill(DrillVerdict.Failed, 1, "a"), fresh, 30.0, "drill.failed/server2/20261129T140200Z").SetArgDisplayNames("failing, and passed before");
        yield return new TestCaseData(Drill(DrillVerdict.Failed, 1, "a"), old, 30.0, "drill.failed/server2/20261129T140200Z drill.stale/stale").SetArgDisplayNames("failing for weeks");
        yield return new TestCaseData(Drill(DrillVerdict.Cannot, 1, "a"), null, 16.0, "drill.cannot/ drill.stale/never").SetArgDisplayNames("could never be made");
        yield return new TestCaseData(Drill(DrillVerdict.Cannot, 1, "a"), fresh, 16.0, "drill.cannot/").SetArgDisplayNames("could not be made this time");
        yield return new TestCaseData(Drill(DrillVerdict.Failed, 1, "a"), null, null, "drill.failed/server2/20261129T140200Z").SetArgDisplayNames("on a primary, by hand");
    }

    [TestCaseSource(nameof(Cases))]
    public void Every_state_has_its_findings(DrillResult? latest, DrillResult? passed, double? setsForDays, string expected) =>
        Assert.That(string.Join(' ', Judge(latest, passed, setsForDays).Select(finding => $"{finding.Code}/{finding.State}")), Is.EqualTo(expected));

    [Test]
    public void Each_says_what_is_known_of_the_set_and_what_to_do()
    {
        var failed = Judge(Drill(DrillVerdict.Failed, 1, [.. Enumerable.Range(1, 30).Select(i => $"problem {i}")]), Drill(DrillVerdict.Passed, 8), 30)[0];
        Assert.That(failed.Severity, Is.EqualTo(Severity.Critical));
        Assert.That(failed.Evidence, Has.Count.EqualTo(22).And.Contains("problem 20").And.No.Contains("problem 21").And.Contains("and 10 more: sispi-agent drill shows them all"));
        var cannot = Judge(Drill(DrillVerdict.Cannot, 1, "extension x is not installed here"), Drill(DrillVerdict.Passed, 8), 30)[0];
        Assert.That((cannot.Severity, cannot.Effect), Is.EqualTo((Severity.Warning, "Nothing is known against the set; that it can be restored is not proven either.")));
        Assert.That(cannot.Evidence, Does.Contain("extension x is not installed here"));
        var stale = Judge(null, null, 20)[0];
        Assert.That(stale.Evidence, Is.EqualTo(new[] { "sets have been here for 20 d 0 h", "allowed: 15 d 0 h (Restore:DrillStaleAfter)" }));
        Assert.That(stale.Remedy, Has.Some.Contains("sispi-agent drill"));
    }
}
