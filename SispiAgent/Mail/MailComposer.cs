using System.Globalization;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Mail;

/// <summary>Puts notices into words: what, where, since when, evidence, effect, what to do, and the present state of everything.</summary>
internal sealed class MailComposer(CurrentSite site, StatusBoard board, AlertBook book, DriftBook drift, TimeProvider time)
{
    /// <summary>From when on a mail says that it is late.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    /// <summary>The words of a mail.</summary>
    public MailContent Compose(WaitingMail mail)
    {
        if (mail.Content is [{ Letter: { } letter }])
            return new(SubjectLine.Of(letter), [.. Lateness(mail), .. letter.Blocks, .. Drift(mail), .. Foot()], letter.ThreadKey is { } key ? [key] : []);

        var courses = Course.Of(mail.Content.Select(posted => posted.Notice!));
        return new(SubjectLine.Of(courses), [.. Lateness(mail), .. courses.SelectMany(Describe), .. Drift(mail), .. State(), .. Foot()], [.. courses.Select(course => course.Last.ThreadKey)]);
    }

    private IEnumerable<Block> Lateness(WaitingMail mail)
    {
        var age = time.GetUtcNow() - mail.Content[0].At;
        if (age >= Late)
            yield return new Block.Paragraph($"This mail is {Durations.Words(age)} late: no mail server took it before.{(mail.Problem is { } problem ? $" The last try: {problem}" : "")}");
    }

    private IEnumerable<Block> Describe(Course course)
    {
        var notice = course.Last;
        var finding = notice.Finding;
        yield return new Block.Headline($"{finding.Subject}: {finding.Summary}", ToneOf(notice));
        yield return new Block.Paragraph(notice.Kind switch
        {
            NoticeKind.Cleared when notice.Because is { } because => $"Closed: {because}. It was first seen {At(notice.FirstSeen)}.",
            NoticeKind.Cleared => $"This is over. First seen {At(notice.FirstSeen)}, gone {At(notice.At)}: it lasted {Durations.Words(notice.At - notice.FirstSeen)}.",
            NoticeKind.Reminder => $"{SeverityWord(finding)}, still so. First seen {At(notice.FirstSeen)}, {Durations.Words(notice.At - notice.FirstSeen)} ago.",
            NoticeKind.Escalated => $"It has become worse; before: {notice.Before}. First seen {At(notice.FirstSeen)}.",
            NoticeKind.Changed => $"It has changed; before: {notice.Before}. First seen {At(notice.FirstSeen)}.",
            _ => $"{SeverityWord(finding)}. First seen {At(notice.FirstSeen)}.",
        });
        if (course.Story(At) is { Length: > 0 } story)
            yield return new Block.Paragraph($"What was to be told before: {story}.");
        if (notice.IsRestless && notice.Kind is not NoticeKind.Cleared)
            yield return new Block.Paragraph("It has come and gone several times lately: it is called over only when it has not been seen for ten minutes.");
        if (finding.Evidence.Count > 0 && (notice.Kind is not NoticeKind.Cleared || course.IsWhole))
            yield return new Block.Commands(finding.Evidence);
        if (notice.Kind is NoticeKind.Cleared)
            yield break;

        if (finding.Effect.Length > 0)
            yield return new Block.Paragraph($"Effect: {finding.Effect}");
        if (finding.Remedy.Count > 0)
        {
            yield return new Block.Paragraph("What to do:");
            yield return new Block.Commands(finding.Remedy);
        }

        yield return new Block.Paragraph($"More: docs/findings/{finding.Code}.md");
    }

    /// <summary>What changed in the servers' configuration and no mail has told yet; a mail that is written again tells the same.</summary>
    private IEnumerable<Block> Drift(WaitingMail mail)
    {
        foreach (var change in drift.ClaimFor(string.Create(CultureInfo.InvariantCulture, $"{mail.BoundAt.UtcTicks:x}.{mail.Id}")))
        {
            yield return new Block.Headline($"{change.Node}: its configuration has changed");
            yield return new Block.Paragraph($"Seen {At(change.At)}; the look before was {At(change.Since)}.");
            yield return new Block.Commands(change.Diff);
        }
    }

    private IEnumerable<Block> State()
    {
        var seen = board.ReadAll();
        var open = book.ReadTold();
        yield return new Block.Headline("The present state of everything");
        if (seen.Count > 0)
            yield return new Block.Table(["host", "what", "seen", "state"], [.. seen.OrderBy(o => o.IsWell).Select(o => (string[])[o.Subject, o.Topic, $"{Durations.Words(time.GetUtcNow() - o.At)} ago", (o.IsWell ? "" : "! ") + o.Text])], ["seen"]);
        yield return new Block.Paragraph(open.Count == 0 ? "No alert is open." : $"Open alerts: {string.Join("; ", open.Select(alert => $"{alert.Finding.Subject}: {alert.Finding.Summary}"))}.");
    }

    private IEnumerable<Block> Foot() => [new Block.Paragraph($"SispiAgent on {site.Value.Self.Name}, {At(time.GetUtcNow())}. The whole picture: sispi-agent status")];

    private string At(DateTimeOffset moment) => Durations.SiteTime(moment, site.Value.TimeZone);

    private static Tone ToneOf(Notice notice) => notice.Kind is NoticeKind.Cleared ? Tone.Good : notice.Finding.Severity is Severity.Critical ? Tone.Critical : Tone.Warning;

    private static string SeverityWord(Finding finding) => finding.Severity is Severity.Critical ? "Critical" : "A warning";
}
