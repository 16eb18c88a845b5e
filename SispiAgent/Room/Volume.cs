using SispiAgent.Platform;

namespace SispiAgent.Room;

/// <summary>A file system with folders of the server's on it.</summary>
/// <param name="Folder">One of the folders: names it in the history.</param>
/// <param name="Purposes">What is on it.</param>
/// <param name="Space">How full it is.</param>
/// <param name="FullIn">When it will be full at the speed of its history; <see langword="null"/> if it does not fill, or nothing is known yet.</param>
internal sealed record Volume(string Folder, IReadOnlyList<string> Purposes, VolumeSpace Space, TimeSpan? FullIn)
{
    /// <summary>Free space, in percent.</summary>
    public double FreePercent => Space.Bytes == 0 ? 100 : 100.0 * Space.FreeBytes / Space.Bytes;

    /// <summary>Free inodes, in percent; 100 where they have no limit.</summary>
    public double FreeFilesPercent => Space.Files == 0 ? 100 : 100.0 * Space.FreeFiles / Space.Files;
}
