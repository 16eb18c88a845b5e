namespace SispiAgent.Platform;

/// <summary>Files and folders that nobody but their owner may look into, whatever the umask is. On Windows the parent folder's rights say who may.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder with its parents; 0700.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, FileMode0600 | UnixFileMode.UserExecute);
    }

    /// <summary>Makes an empty file; 0600.</summary>
    public static void CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode0600;
        using var file = new FileStream(path, options);
    }
}
