using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>Signals to processes of ours (kill(2)); numbers are Linux's. Windows has none of them: nothing is sent, nothing runs.</summary>
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

    /// <summary>Whether a process runs. One that has ended and that its parent has not collected yet (a zombie) does not.</summary>
    public static bool IsRunning(int processId)
    {
        try
        {
            // pid (name) STATE ...: the name may hold anything, so the last parenthesis counts
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillProcess(int processId, int signal);
}
