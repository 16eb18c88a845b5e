namespace SispiAgent.Platform;

/// <summary>How the platform names and marks programs.</summary>
internal static class ExecutableFile
{
    /// <summary>The file name of a program: on Windows with <c>.exe</c>.</summary>
    public static string Name(string program) => OperatingSystem.IsWindows() ? $"{program}.exe" : program;

    /// <summary>Writes a script that its owner may run.</summary>
    public static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
