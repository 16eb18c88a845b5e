using System.Globalization;
using SispiAgent.Platform;

namespace SispiAgent.Demo;

/// <summary>Ends a demo, its own or one that another run left behind with <c>--keep</c>: its processes by their ids, then its folder.</summary>
internal static class DemoEnd
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Ends whatever runs of it and removes the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AgentException">It is not a demo's folder, or some of it is not ours to end.</exception>
    public static async Task EndAsync(DemoFolder folder)
    {
        if (!File.Exists(folder.Ledger))
            throw new AgentException($"{folder.Root} is not the folder of a demo.", "Give the folder that sispi-agent demo --keep printed.");

        List<RunningProcess> started = [.. folder.ReadLedger().Where(ProcessTree.IsRunning)];
        List<RunningProcess> servers = [.. Postmasters(folder)];
        List<RunningProcess> all = [.. started, .. servers, .. started.SelectMany(process => ProcessTree.Below(process.Id))];

        foreach (var process in started)
            End(process, ProcessSignal.Terminate);
        await WaitAsync(started);
        all.AddRange(started.SelectMany(process => ProcessTree.Below(process.Id)));
        foreach (var server in servers)
            End(server, ProcessSignal.Quit); // nothing of it is kept: no checkpoint
        await WaitAsync(all);
        ProcessTree.Kill(all);
        await WaitAsync(all);

        if (all.FirstOrDefault(ProcessTree.IsRunning) is { Id: > 0 } left)
            throw new AgentException(string.Create(CultureInfo.InvariantCulture, $"Process {left.Id} of the demo could not be ended."), $"End it as the user whom it belongs to, then: sispi-agent demo --stop {folder.Root}");
        await RemoveAsync(folder.Root);
    }

    /// <summary>The postmasters by their <c>postmaster.pid</c>, if that process really works in the data directory (a pid may be another's by now).</summary>
    private static IEnumerable<RunningProcess> Postmasters(DemoFolder folder)
    {
        foreach (var data in Directory.GetDirectories(folder.Root).Select(host => Path.Combine(host, "pg", "data")).Where(Directory.Exists))
        {
            var file = Path.Combine(data, "postmaster.pid");
            if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            if (ProcessTree.Find(id) is { } process && ProcessTree.IsRunning(process) && WorkingDirectory(id) == new DirectoryInfo(data).FullName)
                yield return process;
        }
    }

    private static string? WorkingDirectory(int processId)
    {
        try
        {
            return Directory.ResolveLinkTarget($"/proc/{processId}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended, or is not ours
        }
    }

    private static void End(RunningProcess process, int signal)
    {
        ProcessSignal.Send(process.Id, signal);
        ProcessSignal.Send(process.Id, ProcessSignal.Continue); // a frozen one would not notice
    }

    private static async Task WaitAsync(IReadOnlyCollection<RunningProcess> processes)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (processes.Any(ProcessTree.IsRunning) && TimeProvider.System.GetElapsedTime(begin) < Grace)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }

    /// <summary>What has just been ended may still be writing its last file: try a few times.</summary>
    private static async Task RemoveAsync(string root)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (Directory.Exists(root))
                    Directory.Delete(root, recursive: true);
                return;
            }
            catch (UnauthorizedAccessException e)
            {
                throw new AgentException($"The demo has ended, but {root} holds what its user can't remove: {e.Message}", $"As root: rm -r {root}", e);
            }
            catch (IOException) when (attempt < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
