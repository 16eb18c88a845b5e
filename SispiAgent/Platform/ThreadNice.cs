using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>Lets the calling thread stand behind others: what children get by their priority, for work that the agent does itself.</summary>
internal static partial class ThreadNice
{
    private const int Process = 0, Self = 0;

    /// <summary>Lowers it, for as long as the thread lives: one of the pool must not ask for this.</summary>
    /// <param name="nice">10 or 19, as setpriority(2) has it: on Linux it counts for a thread.</param>
    public static void Lower(int nice)
    {
        if (OperatingSystem.IsWindows())
            Thread.CurrentThread.Priority = nice > 10 ? ThreadPriority.Lowest : ThreadPriority.BelowNormal;
        else
            _ = SetPriority(Process, Self, nice); // lowering is always allowed
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);
}
