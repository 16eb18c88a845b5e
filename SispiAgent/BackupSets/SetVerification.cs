using System.Text.Json;

namespace SispiAgent.BackupSets;

/// <summary>Checks a set's files against its <c>SHA256SUMS</c> and its manifest.</summary>
internal static class SetVerification
{
    /// <summary>Checks a folder, a <c>.partial</c> one too.</summary>
    /// <returns>What is wrong, one file a line; empty: every file is there as it was written, and no other.</returns>
    public static async Task<IReadOnlyList<string>> VerifyAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = ManifestFile.Read(folder);
            var sums = SumsFile.Read(folder);
            return [.. Listed(manifest, sums), .. Strangers(folder, sums), .. await HashAllAsync(folder, sums, cancellationToken)];
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException or UnauthorizedAccessException)
        {
            return [e.Message];
        }
    }

    private static IEnumerable<string> Listed(SetManifest manifest, IReadOnlyDictionary<string, string> sums)
    {
        if (!sums.ContainsKey(ManifestFile.Name))
            yield return $"{ManifestFile.Name} is not in {SumsFile.Name}";
        foreach (var file in manifest.Files.Where(file => sums.GetValueOrDefault(file.Name) != file.Sha256))
            yield return $"{file.Name}: manifest and {SumsFile.Name} differ";
        if (!manifest.Files.Any(file => file.Kind == "globals"))
            yield return "the manifest has no globals";
        foreach (var database in manifest.Databases.Where(database => !manifest.Files.Any(file => file.Kind == "dump" && file.Database == database.Name)))
            yield return $"the manifest has no dump of database {database.Name}";
    }

    private static IEnumerable<string> Strangers(string folder, IReadOnlyDictionary<string, string> sums) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
        .Where(file => file != SumsFile.Name && !sums.ContainsKey(file) && !(file == SetName.Mark && folder.EndsWith(SetName.Partial, StringComparison.Ordinal))).Select(file => $"{file}: does not belong to the set");

    private static async Task<IReadOnlyList<string>> HashAllAsync(string folder, IReadOnlyDictionary<string, string> sums, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        foreach (var (name, expected) in sums)
        {
            var path = Path.GetFullPath(Path.Combine(folder, name));
            if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                problems.Add($"{name}: lies outside the set");
            else if (!File.Exists(path))
                problems.Add($"{name}: is missing");
            else if (await SumsFile.HashAsync(path, cancellationToken) != expected)
                problems.Add($"{name}: is not as it was written (SHA-256 differs)");
        }

        return problems;
    }
}
