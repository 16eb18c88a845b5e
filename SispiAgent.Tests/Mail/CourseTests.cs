using SispiAgent.Alerts;
using SispiAgent.Findings;
using SispiAgent.Mail;

namespace SispiAgent.Tests.Mail;

internal sealed class CourseTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void An_incident_that_nobody_has_read_of_is_told_once_by_how_it_stands_now()
    {
        var course = Course.Of([Notice(NoticeKind.Raised, 0), Notice(NoticeKind.Reminder, 1), Notice(NoticeKind.Reminder, 2), Notice(NoticeKind.Cleared, 3)]).Single();

        Assert.That((course.Last.Kind, course.IsWhole), Is.EqualTo((NoticeKind.Cleared, true)));
        Assert.That(course.Story(at => $"{at:HH:mm}"), Is.EqualTo("wrong (told 12:00)"));
    }

    [Test]
    public void An_end_alone_is_the_end_of_what_was_read() => Assert.That(Course.Of([Notice(NoticeKind.Cleared, 3)]).Single().IsWhole, Is.False);

    [Test]
    public void What_is_worst_now_comes_first()
    {
        var courses = Course.Of([Notice(NoticeKind.Raised, 0, "a"), Notice(NoticeKind.Cleared, 1, "a"), Notice(NoticeKind.Raised, 1, "b", Severity.Warning), Notice(NoticeKind.Reminder, 1, "c"), Notice(NoticeKind.Raised, 1, "d")]);

        Assert.That(courses.Select(course => course.Last.Finding.Subject), Is.EqualTo(new[] { "d", "c", "b", "a" }));
    }

    private static Notice Notice(NoticeKind kind, int hours, string subject = "server2", Severity severity = Severity.Critical) =>
        new(kind, new Finding(new("liveness.server"), subject, severity, "wrong"), Noon, Noon.AddHours(hours));
}
