namespace SispiAgent.Backup;

/// <summary>The <c>application_name</c> of a run's sessions: by it the server shows which are ours.</summary>
internal static class SessionName
{
    /// <summary>How all begin.</summary>
    public const string Prefix = "sispi-agent backup ";

    /// <summary>A name that no other attempt has; 63 bytes at most, ASCII.</summary>
    public static string New() => Prefix + Guid.NewGuid().ToString("N")[..12];
}
