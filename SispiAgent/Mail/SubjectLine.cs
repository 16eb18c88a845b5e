using System.Globalization;
using System.Text;
using SispiAgent.Alerts;
using SispiAgent.Findings;

namespace SispiAgent.Mail;

/// <summary>Subjects. What comes from data (names of databases, servers' words) can't break the line.</summary>
internal static class SubjectLine
{
    private const int Longest = 150;

    /// <summary>The subject of a letter.</summary>
    public static string Of(Letter letter) => Clean($"[SISPI] {letter.Subject}");

    /// <summary>The subject of a mail about some incidents: the worst, and how many more.</summary>
    public static string Of(IReadOnlyList<Course> courses)
    {
        var first = courses[0].Last;
        var more = courses.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {courses.Count - 1} more)") : "";
        return Clean($"[SISPI] {Word(first)} {first.Finding.Subject}: {first.Finding.Summary}{Ending(first)}{more}");
    }

    /// <summary>One line without control characters and without direction marks that could turn it round.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            clean.Append(category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? " " : rune.ToString());
        }

        var line = string.Join(' ', clean.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : line[..(Longest - 1)] + "…";
    }

    private static string Word(Notice notice) => notice.Kind is NoticeKind.Cleared ? "OK" : notice.Finding.Severity is Severity.Critical ? "CRITICAL" : "WARNING";

    private static string Ending(Notice notice) => notice.Kind switch
    {
        NoticeKind.Reminder => $" (still, for {Durations.Words(notice.At - notice.FirstSeen)})",
        NoticeKind.Escalated => " (worse)",
        NoticeKind.Cleared when notice.Because is { } because => $" ({because})",
        NoticeKind.Cleared => $" (over after {Durations.Words(notice.At - notice.FirstSeen)})",
        _ => "",
    };
}
