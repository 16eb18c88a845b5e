using System.Globalization;

namespace SispiAgent.Platform;

/// <summary>One running process, known by its id and its start, so that a reused id is not taken for it.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot.</param>
internal readonly record struct RunningProcess(int Id, ulong StartTicks);

/// <summary>Who started whom, from Linux's <c>/proc</c>; elsewhere nothing is known.</summary>
internal static class ProcessTree
{
    /// <summary>All processes that descend from one, nearest first; itself not among them.</summary>
    public static IReadOnlyList<RunningProcess> Below(int processId)
    {
        var children = ReadAll().ToLookup(entry => entry.Parent, entry => entry.Process);
        List<RunningProcess> found = [.. children[processId]];
        for (var i = 0; i < found.Count; i++)
            found.AddRange(children[found[i].Id]);
        return found;
    }

    /// <summary>The process that has an id now; <see langword="null"/> if none does. One that has ended and is not collected yet still has it.</summary>
    public static RunningProcess? Find(int processId) => Read(processId)?.Process;

    /// <summary>Whether a process still runs, and is still the same.</summary>
    public static bool IsRunning(RunningProcess process) => Find(process.Id) == process && ProcessSignal.IsRunning(process.Id);

    /// <summary>Kills those of some processes that still run and still are the same.</summary>
    public static void Kill(IEnumerable<RunningProcess> processes)
    {
        foreach (var process in processes)
        {
            if (Read(process.Id) is { } now && now.Process == process)
                ProcessSignal.Send(process.Id, ProcessSignal.Kill);
        }
    }

    private static IEnumerable<(RunningProcess Process, int Parent)> ReadAll()
    {
        if (!Directory.Exists("/proc/self"))
            yield break;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } process)
                yield return process;
        }
    }

    /// <summary>proc(5), stat: pid (name) state ppid …; the start is field 22. The name may hold anything, so its last parenthesis counts.</summary>
    private static (RunningProcess Process, int Parent)? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (new(id, ulong.Parse(fields[19], CultureInfo.InvariantCulture)), int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // it ended between the listing and the look
        }
    }
}
