namespace SispiAgent.Room;

/// <summary>The server's log directory as it is.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Files">Its files: name, bytes, last written UTC.</param>
/// <param name="FileName"><c>log_filename</c>.</param>
internal sealed record LogFolderState(string Folder, IReadOnlyList<(string Name, long Bytes, DateTimeOffset WrittenAt)> Files, string FileName)
{
    /// <summary>The size of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Looks at it; one that is not there has no files.</summary>
    public static LogFolderState Of(string folder, string fileName) => new(folder, Directory.Exists(folder)
        ? [.. new DirectoryInfo(folder).EnumerateFiles().Select(file => (file.Name, file.Length, (DateTimeOffset)file.LastWriteTimeUtc))]
        : [], fileName);
}
