using System.Text.Json;
using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>
/// Removes a set's folder so that a removal which breaks in the middle leaves nothing that looks like a set, and can be finished: it is renamed first, and its
/// manifest, by which the agent knows its own, goes last.
/// </summary>
internal static class SetRemoval
{
    /// <summary>What a set's folder is called while it is removed.</summary>
    private const string Suffix = ".removing";

    /// <summary>Makes a set none. From here on it only has to be finished.</summary>
    /// <returns>The folder as it is called now.</returns>
    /// <exception cref="IOException">It can't be renamed.</exception>
    public static string Begin(string setFolder)
    {
        if (new DirectoryInfo(setFolder).LinkTarget is { } target)
            throw new IOException($"{setFolder} is a link to {target}: what is behind it is not removed.");
        var aside = setFolder + Suffix;
        Directory.Move(setFolder, aside);
        DurableFile.FlushDirectory(Path.GetDirectoryName(aside)!);
        return aside;
    }

    /// <summary>Removes what <see cref="Begin"/> has set aside.</summary>
    public static void Finish(string aside)
    {
        var folder = new DirectoryInfo(aside);
        foreach (var inner in folder.EnumerateDirectories())
            inner.Delete(recursive: inner.LinkTarget is null);
        foreach (var file in folder.EnumerateFiles().Where(file => file.Name != ManifestFile.Name))
            file.Delete();
        folder.Delete(recursive: true);
        DurableFile.FlushDirectory(folder.Parent!.FullName);
    }

    /// <summary>Removals below a backup directory that were begun and not finished: the folder and the set. Only the agent's own.</summary>
    public static IReadOnlyList<(string Folder, string Set)> Begun(string backupDirectory) => Directory.Exists(backupDirectory)
        ? [.. Directory.EnumerateDirectories(backupDirectory).SelectMany(origin => Directory.EnumerateDirectories(origin, "*" + Suffix).Where(IsOurs)
            .Select(folder => (folder, $"{Path.GetFileName(origin)}/{Path.GetFileName(folder)[..^Suffix.Length]}")))]
        : [];

    private static bool IsOurs(string folder)
    {
        var name = Path.GetFileName(folder)[..^Suffix.Length];
        if (SetName.TryParse(name) is null || new DirectoryInfo(folder).LinkTarget is not null)
            return false;
        try
        {
            return !Directory.EnumerateFileSystemEntries(folder).Any() || (ManifestFile.Read(folder) is { } manifest && manifest.Name == name && manifest.Origin == Path.GetFileName(Path.GetDirectoryName(folder)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return false;
        }
    }
}
