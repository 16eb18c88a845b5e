using System.Diagnostics;
using SispiAgent.Platform;

namespace SispiAgent.Processes;

/// <summary>How a child process stands beside others of the host.</summary>
internal enum ToolPriority
{
    /// <summary>As everybody.</summary>
    Normal,

    /// <summary>Behind others: nice 10, on Windows below normal.</summary>
    Low,

    /// <summary>Behind all others: nice 19, on Windows idle.</summary>
    Lowest,
}

/// <summary>Gives a running process, or a thread of the agent's own, its priority.</summary>
internal static class ToolPriorities
{
    /// <summary>Gives it to the calling thread, which has to be one of its own.</summary>
    public static void ApplyToThisThread(ToolPriority priority)
    {
        if (priority is not ToolPriority.Normal)
            ThreadNice.Lower(priority is ToolPriority.Low ? 10 : 19);
    }

    /// <summary>Gives it; a process that has ended already needs none.</summary>
    public static void Apply(int processId, ToolPriority priority)
    {
        if (priority is ToolPriority.Normal)
            return;
        try
        {
            using var process = Process.GetProcessById(processId);
            process.PriorityClass = priority is ToolPriority.Low ? ProcessPriorityClass.BelowNormal : ProcessPriorityClass.Idle;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // it has ended
        }
    }
}
