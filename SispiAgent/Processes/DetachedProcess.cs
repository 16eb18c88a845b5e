using System.Diagnostics;
using SispiAgent.Platform;

namespace SispiAgent.Processes;

/// <summary>Starts a program that outlives its starter: a session of its own (Ctrl+C and a closed terminal don't reach it), its output in a file.</summary>
internal static class DetachedProcess
{
    /// <summary>Starts it. Linux only: it needs <c>sh</c> and <c>setsid</c>, which keep the process id.</summary>
    /// <param name="executable">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="outputFile">Where its output is appended.</param>
    /// <param name="directory">Its working directory.</param>
    public static RunningProcess Start(string executable, IReadOnlyList<string> arguments, string outputFile, string directory)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = directory, UseShellExecute = false };
        foreach (var argument in (string[])["-c", "exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", outputFile, executable, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new AgentException($"{executable} could not be started.", "Is /bin/sh there?");
        return ProcessTree.Find(process.Id) ?? throw new AgentException($"{executable} ended at once.", $"Read {outputFile}");
    }
}
