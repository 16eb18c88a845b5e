using SispiAgent.Alerts;
using SispiAgent.Findings;

namespace SispiAgent.Mail;

/// <summary>
/// What is sent together, and when. Pure. The first critical goes at once; what follows within a minute goes in one mail. While no mail
/// gets through, notices are gathered: when it does again, they are one mail, not a flood.
/// </summary>
internal static class Grouping
{
    /// <summary>What is to be bound into mails now, a list a mail.</summary>
    /// <param name="waiting">What waits, oldest first.</param>
    /// <param name="lastBound">When notices were last bound into a mail; <see langword="null"/> if never.</param>
    /// <param name="now">Now.</param>
    /// <param name="within">How long what follows is gathered.</param>
    /// <param name="isHeldUp">Whether a mail waits because none gets through.</param>
    public static IReadOnlyList<IReadOnlyList<Posted>> Decide(IReadOnlyList<Posted> waiting, DateTimeOffset? lastBound, DateTimeOffset now, TimeSpan within, bool isHeldUp = false)
    {
        List<IReadOnlyList<Posted>> mails = [.. waiting.Where(posted => posted.Letter is not null).Select(posted => (IReadOnlyList<Posted>)[posted])];
        Posted[] notices = [.. waiting.Where(posted => posted.Notice is not null)];
        var gathering = lastBound is { } last && now < last + within && now >= last;
        var ripe = notices.Length > 0 && (notices[0].At + within <= now || notices[0].At > now);
        if (!isHeldUp && (ripe || (!gathering && notices.Any(IsUrgent))))
            mails.Add(notices);
        return mails;
    }

    /// <summary>A critical is urgent, and so is that one is over: somebody may be on the way.</summary>
    public static bool IsUrgent(Posted posted) => posted.Notice is { Finding.Severity: Severity.Critical, Kind: not NoticeKind.Reminder };
}
