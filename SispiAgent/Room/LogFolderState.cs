namespace SispiAgent.Room;

/// <summary>The server's log directory as it is.</summary>
/// <param name="Folder">Where.</param>
/// <param name="IsCollected">Whether the server writes its log into files there (<c>logging_collector</c>); <see langword="null"/> if that may not be seen.</param>
/// <param name="StartedAt">When the server was started, UTC: its collector opens a file then.</param>
/// <param name="Files">Its files: name, bytes, last written UTC.</param>
/// <param name="FileName"><c>log_filename</c>.</param>
internal sealed record LogFolderState(string Folder, bool? IsCollected, DateTimeOffset StartedAt, IReadOnlyList<(string Name, long Bytes, DateTimeOffset WrittenAt)> Files, string FileName)
{
    /// <summary>The size of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);
}
