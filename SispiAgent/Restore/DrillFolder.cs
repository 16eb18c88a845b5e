using System.Globalization;
using SispiAgent.Platform;

namespace SispiAgent.Restore;

/// <summary>The folders of drills' throwaway servers. What a killed agent has left, a running server too, is known by its mark and removed.</summary>
internal static class DrillFolder
{
    private const string Mark = ".sispi-drill";

    /// <summary>A path for one more; only the folder above it is made.</summary>
    public static string Next(string root)
    {
        OwnerOnly.CreateFolder(root);
        var folder = Path.Combine(root, Guid.NewGuid().ToString("N")[..8]);
        OwnerOnly.CreateFolder(folder);
        DurableFile.Write(Path.Combine(folder, Mark), "A drill's throwaway server. The next start of the agent, or the next drill, removes it.\n");
        return folder;
    }

    /// <summary>Removes what is left below a folder. The caller has the drill's lock: no drill of this host is at work.</summary>
    /// <returns>What was removed.</returns>
    public static IReadOnlyList<string> RemoveLeft(string root)
    {
        if (!Directory.Exists(root))
            return [];
        List<string> removed = [];
        foreach (var folder in Directory.EnumerateDirectories(root).Where(folder => File.Exists(Path.Combine(folder, Mark))))
        {
            EndServer(Path.Combine(folder, "data"));
            Directory.Delete(folder, recursive: true);
            removed.Add(folder);
        }

        return removed;
    }

    /// <summary>Kills the server of a data directory, if the process that its file names is one that works there: process ids are used again.</summary>
    private static void EndServer(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || ProcessTree.Find(id) is not { } postmaster || !WorksIn(id, data))
            return;
        ProcessTree.Kill([postmaster, .. ProcessTree.Below(id)]);
        while (ProcessTree.IsRunning(postmaster))
            Thread.Yield();
    }

    private static bool WorksIn(int id, string data)
    {
        try
        {
            return Directory.ResolveLinkTarget($"/proc/{id}/cwd", returnFinalTarget: false)?.FullName == Path.GetFullPath(data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended, or is somebody else's
        }
    }
}
