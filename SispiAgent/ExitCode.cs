namespace SispiAgent;

/// <summary>What the process says to its caller. The systemd unit does not restart on <see cref="BadConfiguration"/>.</summary>
internal static class ExitCode
{
    /// <summary>All that was asked is done.</summary>
    public const int Done = 0;

    /// <summary>Failed or refused; nothing was changed.</summary>
    public const int Failed = 1;

    /// <summary>Configuration or usage is wrong.</summary>
    public const int BadConfiguration = 2;

    /// <summary>Something was changed or made, not all of it; the message names the command that resumes.</summary>
    public const int Incomplete = 22;
}
