using SispiAgent.Findings;

namespace SispiAgent.Alerts;

/// <summary>Something worth a mail about an alert.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Finding">The finding as it was last seen.</param>
/// <param name="FirstSeen">When it was first seen, UTC.</param>
/// <param name="At">When the notice was given, UTC.</param>
internal sealed record Notice(NoticeKind Kind, Finding Finding, DateTimeOffset FirstSeen, DateTimeOffset At)
{
    /// <summary>Mails with the same key are threaded under the first: one thread an incident, not one for all times.</summary>
    public string ThreadKey => $"{Finding.Code}/{Finding.Subject}/{FirstSeen.UtcTicks}";

    /// <summary>What was mailed before, when it has changed or become worse.</summary>
    public string Before { get; init; } = "";

    /// <summary>Whether it has come and gone several times lately, and is called over only after a quiet while.</summary>
    public bool IsRestless { get; init; }

    /// <summary>Why it is over, when not because all is well: <c>no longer watched</c>.</summary>
    public string? Because { get; init; }
}
