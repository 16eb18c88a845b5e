using SispiAgent.Findings;

namespace SispiAgent.Alerts;

/// <summary>
/// Decides which sightings are worth a mail. Pure: it reads no clock, keeps nothing and sends nothing, so that every rule is one row of
/// a test table. Whoever was never told is not told that it is over.
/// </summary>
internal static class AlertPolicy
{
    /// <summary>How many sightings in a row confirm a finding of a sweep that is not certain.</summary>
    private const int Confirming = 2;

    /// <summary>Liveness reminds at each hourly look; this keeps two looks of one hour from both reminding.</summary>
    private static readonly TimeSpan AlmostAnHour = TimeSpan.FromMinutes(30);

    /// <summary>The first change of state is mailed at once; one that changes to and fro would be a mail storm.</summary>
    private static readonly TimeSpan[] BetweenChanges = [TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1)];

    /// <summary>Decides for one finding that was seen.</summary>
    /// <param name="alert">What is known of it; <see langword="null"/> if it is new.</param>
    /// <param name="seen">The finding.</param>
    /// <param name="sweep">The sweep that it came with.</param>
    /// <param name="options">The limits.</param>
    /// <returns>What is known from now on, and what to mail, if anything.</returns>
    public static (Alert Next, Notice? Notice) Seen(Alert? alert, Finding seen, Sweep sweep, AlertsOptions options)
    {
        var next = alert is null or { IsOver: true } ? Begin(alert, seen, sweep) : alert with { Finding = seen, LastSeen = sweep.At, Sightings = alert.Sightings + 1, GoneSince = null };
        if (KindOf(next, sweep, options) is not { } kind)
            return (next, null);

        var before = next.ToldSummary;
        next = next with
        {
            Told = seen.Severity, // a mail that says "a warning, still so" makes the next critical one news again
            ToldState = seen.State,
            ToldSummary = seen.Summary,
            LastNotice = sweep.At,
            Reminders = kind is NoticeKind.Reminder ? next.Reminders + 1 : 0,
            Changes = kind is NoticeKind.Changed ? next.Changes + 1 : next.Changes,
        };
        var notice = new Notice(kind, seen, next.FirstSeen, sweep.At) { Before = kind is NoticeKind.Changed or NoticeKind.Escalated ? before : "", IsRestless = Restlessness.IsRestless(next) };
        return (next, notice);
    }

    /// <summary>Decides for an alert whose finding was not seen any more.</summary>
    /// <returns>What is remembered of it, if anything, and what to mail, if anything.</returns>
    public static (Alert? Next, Notice? Notice) Gone(Alert alert, DateTimeOffset now)
    {
        var remembered = Restlessness.IsRemembered(alert, now) ? alert with { IsOver = true } : null;
        if (alert.IsOver || alert.Told is null)
            return (remembered, null);

        var since = alert.GoneSince ?? now;
        if (Restlessness.IsRestless(alert) && now - since < Restlessness.Quiet)
            return (alert with { GoneSince = since }, null);
        var over = alert with { IsOver = true, LastCleared = now, Clears = alert.Clears + 1 };
        return (over, new Notice(NoticeKind.Cleared, alert.Finding, alert.FirstSeen, since) { IsRestless = Restlessness.IsRestless(alert) });
    }

    /// <summary>Decides for an alert that ends for another reason than that all is well.</summary>
    public static Notice? Ended(Alert alert, DateTimeOffset now, string because) =>
        alert.IsOver || alert.Told is null ? null : new Notice(NoticeKind.Cleared, alert.Finding, alert.FirstSeen, now) { Because = because };

    /// <summary>Whether it wants another look before anybody is told.</summary>
    public static bool WantsSecondLook(Alert alert, Sweep sweep) => !sweep.IsCertain && alert.Told is null && alert.Sightings < Confirming;

    /// <summary>A new incident; one that begins soon after the last was over knows how often that has been so.</summary>
    private static Alert Begin(Alert? before, Finding seen, Sweep sweep)
    {
        var first = new Alert(sweep.Probe, seen, sweep.At, sweep.At, Sightings: 1);
        return before is not null && Restlessness.IsRemembered(before, sweep.At) ? first with { LastCleared = before.LastCleared, Clears = before.Clears } : first;
    }

    private static NoticeKind? KindOf(Alert alert, Sweep sweep, AlertsOptions options)
    {
        if (alert.Told is not { } told)
            return sweep.IsCertain || alert.Sightings >= Confirming ? NoticeKind.Raised : null;
        if (alert.Finding.Severity > told)
            return NoticeKind.Escalated;

        var since = sweep.At - alert.LastNotice!.Value;
        if (alert.Finding.State != alert.ToldState && since >= BetweenChanges[Math.Min(alert.Changes, BetweenChanges.Length - 1)])
            return NoticeKind.Changed;
        if (IsLiveness(alert.Finding))
            return sweep.Schedule == ScheduleKeys.Liveness && since >= AlmostAnHour ? NoticeKind.Reminder : null;
        return since >= options.Reminders[Math.Min(alert.Reminders, options.Reminders.Count - 1)] ? NoticeKind.Reminder : null;
    }

    private static bool IsLiveness(Finding finding) => finding.Code.Value.StartsWith("liveness.", StringComparison.Ordinal);
}
