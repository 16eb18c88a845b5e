namespace SispiAgent.BackupSets;

/// <summary>A complete set on this host's disk.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Time">When it was begun, UTC, by its name.</param>
/// <param name="Manifest">What it holds.</param>
internal sealed record BackupSet(string Folder, DateTimeOffset Time, SetManifest Manifest)
{
    /// <summary>How people and the marks name it: <c>server2/20261129T140200Z</c>.</summary>
    public string Id => $"{Manifest.Origin}/{Manifest.Name}";
}
