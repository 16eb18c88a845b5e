namespace SispiAgent.Alerts;

/// <summary>Why something is mailed.</summary>
internal enum NoticeKind
{
    /// <summary>It broke.</summary>
    Raised,

    /// <summary>It got worse.</summary>
    Escalated,

    /// <summary>It is still so.</summary>
    Reminder,

    /// <summary>It is over.</summary>
    Cleared,
}
