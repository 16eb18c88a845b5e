using System.Text.Json;

namespace SispiAgent.BackupSets;

/// <summary>The sets below a backup directory. What is not a set of the agent's making is not seen, and so never touched.</summary>
internal static class SetCatalog
{
    /// <summary>Every complete set, newest first; of all origins.</summary>
    /// <exception cref="AgentException">The directory can't be read.</exception>
    public static IReadOnlyList<BackupSet> Read(string backupDirectory)
    {
        try
        {
            return Directory.Exists(backupDirectory)
                ? [.. Directory.EnumerateDirectories(backupDirectory).SelectMany(ReadOrigin).OrderByDescending(set => set.Time).ThenBy(set => set.Manifest.Origin, StringComparer.Ordinal)]
                : [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AgentException($"{backupDirectory} can't be read by {Environment.UserName}.", "Run it as the agent's user.", e);
        }
    }

    /// <summary>The newest set; <see langword="null"/> if there is none.</summary>
    public static BackupSet? Newest(string backupDirectory) => Read(backupDirectory) is [var newest, ..] ? newest : null;

    /// <summary>Finds a set by its name, or by <c>origin/name</c>; empty: the newest.</summary>
    /// <exception cref="AgentException">There is none, or two hosts have one of that name.</exception>
    public static BackupSet Find(string backupDirectory, string? name)
    {
        var sets = Read(backupDirectory);
        if (name is null or "")
            return sets.Count > 0 ? sets[0] : throw new AgentException($"There is no backup set in {backupDirectory}.", "Make one, on the primary: sispi-agent backup run");
        BackupSet[] found = [.. sets.Where(set => set.Id == name || set.Manifest.Name == name)];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new AgentException($"There is no backup set {name} in {backupDirectory}.", "See which there are: sispi-agent backup list"),
            _ => throw new AgentException($"There are several sets {name}: {string.Join(", ", found.Select(set => set.Id))}.", "Name it with its origin."),
        };
    }

    private static IEnumerable<BackupSet> ReadOrigin(string folder)
    {
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (SetName.TryParse(Path.GetFileName(path)) is { } time && TryRead(path) is { } manifest
                && manifest.Name == Path.GetFileName(path) && manifest.Origin == Path.GetFileName(folder))
                yield return new BackupSet(path, time, manifest);
        }
    }

    private static SetManifest? TryRead(string path)
    {
        try
        {
            return ManifestFile.Read(path);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
