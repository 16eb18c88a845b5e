namespace SispiAgent.Platform;

/// <summary>How the platform names programs.</summary>
internal static class ExecutableFile
{
    /// <summary>The file name of a program: on Windows with <c>.exe</c>.</summary>
    public static string Name(string program) => OperatingSystem.IsWindows() ? $"{program}.exe" : program;
}
