using SispiAgent.Alerts;

namespace SispiAgent.Mail;

/// <summary>What one mail tells of one incident. After hours without a mail server that may be its beginning, its reminders and its end at once.</summary>
/// <param name="Last">What is so now.</param>
/// <param name="Before">What was to be told before and has been read by nobody yet, oldest first.</param>
internal sealed record Course(Notice Last, IReadOnlyList<Notice> Before)
{
    /// <summary>The incidents of some notices, what is worst now first.</summary>
    public static IReadOnlyList<Course> Of(IEnumerable<Notice> notices) =>
    [
        .. notices.GroupBy(notice => notice.ThreadKey).Select(same => new Course(same.Last(), [.. same.SkipLast(1)]))
            .OrderBy(course => course.Last.Kind is NoticeKind.Cleared)
            .ThenByDescending(course => course.Last.Finding.Severity)
            .ThenBy(course => course.Last.Kind is NoticeKind.Reminder),
    ];

    /// <summary>Whether nobody has read of it before this mail.</summary>
    public bool IsWhole => (Before.Count > 0 ? Before[0] : Last).Kind is NoticeKind.Raised;

    /// <summary>What of it was to be told before, in words; empty when nothing.</summary>
    /// <param name="at">A moment in words.</param>
    public string Story(Func<DateTimeOffset, string> at) => string.Join(", ", Before.Where(notice => notice.Kind is not NoticeKind.Reminder).Select(notice => notice.Kind switch
    {
        NoticeKind.Raised => $"{notice.Finding.Summary} (told {at(notice.At)})",
        NoticeKind.Escalated => $"worse {at(notice.At)}",
        _ => $"{notice.Finding.Summary} ({at(notice.At)})",
    }));
}
