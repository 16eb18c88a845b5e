namespace SispiAgent.Alerts;

/// <summary>Why something is mailed.</summary>
internal enum NoticeKind
{
    /// <summary>It broke.</summary>
    Raised,

    /// <summary>It got worse.</summary>
    Escalated,

    /// <summary>It is wrong in another way than before.</summary>
    Changed,

    /// <summary>It is still so.</summary>
    Reminder,

    /// <summary>It is over.</summary>
    Cleared,
}
