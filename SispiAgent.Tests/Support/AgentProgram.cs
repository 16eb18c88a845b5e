using SispiAgent.Processes;

namespace SispiAgent.Tests.Support;

/// <summary>The program as it is installed: the built executable, run as a process of its own.</summary>
internal static class AgentProgram
{
    public static string FilePath { get; } = Path.Combine(AppContext.BaseDirectory, "SispiAgent");

    public static Task<ToolResult> RunAsync(params string[] arguments) =>
        ToolRunner.RunAsync(new ToolCommand(FilePath, arguments) { Timeout = TimeSpan.FromMinutes(5) }, default);

    /// <summary>A script that runs it with a configuration, as sshd would find it on a host's PATH.</summary>
    public static string Script(string path, string configuration)
    {
        File.WriteAllText(path, $"#!/bin/sh\nDOTNET_ROOT='{Environment.GetEnvironmentVariable("DOTNET_ROOT")}' exec '{FilePath}' --config '{configuration}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
