using SispiAgent.Alerts;
using SispiAgent.Findings;
using SispiAgent.Mail;

namespace SispiAgent.Tests.Mail;

internal sealed class SubjectLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [TestCase(NoticeKind.Raised, "[SISPI] CRITICAL server2: PostgreSQL refuses connections")]
    [TestCase(NoticeKind.Escalated, "[SISPI] CRITICAL server2: PostgreSQL refuses connections (worse)")]
    [TestCase(NoticeKind.Reminder, "[SISPI] CRITICAL server2: PostgreSQL refuses connections (still, for 12 min)")]
    [TestCase(NoticeKind.Cleared, "[SISPI] OK server2: PostgreSQL refuses connections (over after 12 min)")]
    public void It_says_how_bad_where_and_what(NoticeKind kind, string subject) =>
        Assert.That(SubjectLine.Of(Course.Of([Notice(kind, "server2", Severity.Critical, "PostgreSQL refuses connections")])), Is.EqualTo(subject));

    [Test]
    public void Of_many_it_names_the_worst_and_counts_the_others() =>
        Assert.That(SubjectLine.Of(Course.Of([Notice(NoticeKind.Cleared, "a", Severity.Critical, "x"), Notice(NoticeKind.Raised, "b", Severity.Warning, "y"), Notice(NoticeKind.Raised, "c", Severity.Critical, "z")])),
            Is.EqualTo("[SISPI] CRITICAL c: z (and 2 more)"));

    [TestCase("evil\r\nBcc: everybody@example.org")]
    [TestCase("evil\nBcc: x\u2028y\u0085z\0")]
    [TestCase("\u202Egnorw")]
    public void Nothing_from_data_breaks_the_line_or_turns_it_round(string data)
    {
        var subject = SubjectLine.Of(Course.Of([Notice(NoticeKind.Raised, data, Severity.Critical, data)]));

        Assert.That(subject, Does.Not.Match("[\\p{C}\\u2028\\u2029]"));
        Assert.That(subject, Does.StartWith("[SISPI] CRITICAL "));
    }

    private static Notice Notice(NoticeKind kind, string subject, Severity severity, string summary) => new(kind, new Finding(new("liveness.server"), subject, severity, summary), Noon, Noon.AddMinutes(12));
}
