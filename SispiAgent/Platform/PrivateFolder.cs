namespace SispiAgent.Platform;

/// <summary>A folder that nobody but its owner can look into. On Windows it inherits its parent's rights.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes it, or closes one that is there.</summary>
    public static void Make(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
