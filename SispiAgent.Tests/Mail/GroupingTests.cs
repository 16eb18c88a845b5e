using SispiAgent.Alerts;
using SispiAgent.Findings;
using SispiAgent.Mail;

namespace SispiAgent.Tests.Mail;

internal sealed class GroupingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Test]
    public void The_first_critical_goes_at_once() => Assert.That(Decide(null, Noon, Posted(1, Severity.Critical, Noon)), Is.EqualTo(new[] { "1" }));

    [Test]
    public void A_warning_waits_a_minute_for_others()
    {
        Assert.That(Decide(null, Noon, Posted(1, Severity.Warning, Noon)), Is.Empty);
        Assert.That(Decide(null, Noon + Minute, Posted(1, Severity.Warning, Noon), Posted(2, Severity.Warning, Noon.AddSeconds(50))), Is.EqualTo(new[] { "1,2" }));
    }

    [Test]
    public void What_follows_within_a_minute_goes_in_one_mail()
    {
        Posted[] following = [Posted(2, Severity.Critical, Noon.AddSeconds(5)), Posted(3, Severity.Critical, Noon.AddSeconds(40))];

        Assert.That(Decide(Noon, Noon.AddSeconds(45), following), Is.Empty);
        Assert.That(Decide(Noon, Noon.AddSeconds(60), following), Is.EqualTo(new[] { "2,3" }));
    }

    [Test]
    public void A_letter_waits_for_nobody_and_stands_alone()
    {
        var letter = new Posted(7, Noon, null, new Letter("Backup done", []));

        Assert.That(Decide(Noon, Noon.AddSeconds(1), Posted(6, Severity.Warning, Noon), letter), Is.EqualTo(new[] { "7" }));
    }

    [Test]
    public void A_clock_that_was_set_back_keeps_nothing_waiting() =>
        Assert.That(Decide(Noon.AddHours(5), Noon, Posted(1, Severity.Warning, Noon.AddHours(5))), Is.EqualTo(new[] { "1" }));

    [Test]
    public void While_no_mail_gets_through_notices_are_gathered_and_letters_are_not()
    {
        var letter = new Posted(7, Noon, null, new Letter("Backup done", []));
        Posted[] waiting = [Posted(1, Severity.Critical, Noon), letter, Posted(8, Severity.Warning, Noon)];

        Assert.That(Grouping.Decide(waiting, null, Noon.AddHours(5), Minute, isHeldUp: true).Select(mail => mail.Single().Id), Is.EqualTo(new[] { 7L }));
        Assert.That(Decide(null, Noon.AddHours(5), waiting), Is.EqualTo(new[] { "7", "1,8" }));
    }

    private static IEnumerable<string> Decide(DateTimeOffset? last, DateTimeOffset now, params Posted[] waiting) =>
        Grouping.Decide(waiting, last, now, Minute).Select(mail => string.Join(',', mail.Select(posted => posted.Id)));

    private static Posted Posted(long id, Severity severity, DateTimeOffset at) => new(id, at, new Notice(NoticeKind.Raised, new Finding(new("a.b"), "s", severity, "wrong"), at, at), null);
}
