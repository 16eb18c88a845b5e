using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>Signals to processes of ours (kill(2)); numbers are Linux's. Windows has none of them: nothing is sent.</summary>
internal static partial class ProcessSignal
{
    /// <summary>Interrupt: PostgreSQL's fast shutdown.</summary>
    public const int Interrupt = 2;

    /// <summary>Quit: PostgreSQL's immediate shutdown.</summary>
    public const int Quit = 3;

    /// <summary>Dies at once, without a chance to clean up.</summary>
    public const int Kill = 9;

    /// <summary>Polite end.</summary>
    public const int Terminate = 15;

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    public const int Continue = 18;

    /// <summary>Freezes.</summary>
    public const int Stop = 19;

    /// <summary>Sends a signal.</summary>
    /// <returns>Whether the process was there and ours.</returns>
    public static bool Send(int processId, int signal) => !OperatingSystem.IsWindows() && KillProcess(processId, signal) == 0;

    /// <summary>Whether a process is there; a zombie counts.</summary>
    public static bool IsThere(int processId) => !OperatingSystem.IsWindows() && (KillProcess(processId, 0) == 0 || Marshal.GetLastPInvokeError() == NotPermitted);

    private const int NotPermitted = 1;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillProcess(int processId, int signal);
}
