using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>What this process may do with a path (access(2)), found out without doing it.</summary>
internal static partial class AccessRight
{
    private const int Execute = 1;
    private const int Write = 2;

    /// <summary>Whether files can be made and removed in a folder. On Windows only whether it is there.</summary>
    public static bool CanWriteInto(string folder) => Directory.Exists(folder) && (OperatingSystem.IsWindows() || Access(folder, Write | Execute) == 0);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
