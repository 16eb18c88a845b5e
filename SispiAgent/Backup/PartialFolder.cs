using SispiAgent.BackupSets;
using SispiAgent.Platform;

namespace SispiAgent.Backup;

/// <summary>The folder of a set that is being made: <c>NAME.partial</c>, with a mark by which the agent knows its own.</summary>
internal static class PartialFolder
{
    /// <summary>Makes it, and removes what runs that broke have left. The caller has the advisory lock: no other run is at work.</summary>
    /// <exception cref="AgentException">It can't be written.</exception>
    public static string Create(string originFolder, string name)
    {
        try
        {
            CreateDurably(originFolder);
            foreach (var left in Directory.EnumerateDirectories(originFolder, "*" + SetName.Partial).Where(IsOurs))
                Directory.Delete(left, recursive: true);
            var folder = Path.Combine(originFolder, name + SetName.Partial);
            OwnerOnly.CreateFolder(folder);
            DurableFile.Write(Path.Combine(folder, SetName.Mark), $"A backup set that is being made since {name}. The next run removes it.\n");
            return folder;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new AgentException($"{originFolder} can't be written: {e.Message}", $"Does it exist, on a disk that is mounted and has room, and does it belong to {Environment.UserName}?", e);
        }
    }

    /// <summary>Makes it a set: the rename is the moment from which it counts.</summary>
    public static string Publish(string folder)
    {
        var published = folder[..^SetName.Partial.Length];
        File.Delete(Path.Combine(folder, SetName.Mark));
        DurableFile.FlushDirectory(folder);
        Directory.Move(folder, published);
        DurableFile.FlushDirectory(Path.GetDirectoryName(published)!);
        return published;
    }

    /// <summary>Removes it after a failure, as far as that goes: the next run removes the rest.</summary>
    public static void Remove(string folder)
    {
        try
        {
            if (IsOurs(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a later retry: the next run removes what is left
        }
    }

    /// <summary>Makes a folder and those above it: a power cut after the first set may not take the folder away in which it lies.</summary>
    private static void CreateDurably(string folder)
    {
        if (Directory.Exists(folder) || Path.GetDirectoryName(folder) is not { } above)
            return;
        CreateDurably(above);
        OwnerOnly.CreateFolder(folder);
        DurableFile.FlushDirectory(above);
    }

    private static bool IsOurs(string folder) => SetName.TryParse(Path.GetFileName(folder)[..^SetName.Partial.Length]) is not null
        && (File.Exists(Path.Combine(folder, SetName.Mark)) || File.Exists(Path.Combine(folder, ManifestFile.Name)));
}
