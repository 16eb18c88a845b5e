using System.Runtime.InteropServices;
using SispiAgent.Platform;

namespace SispiAgent.Demo;

/// <summary>This very program, to be started again as the agents of the demo.</summary>
internal static class AgentProgram
{
    /// <summary>The command that starts it: its own executable, or the one beside it (under a test runner), or <c>dotnet</c> with it.</summary>
    public static IReadOnlyList<string> Command()
    {
        var assembly = typeof(AgentProgram).Assembly.GetName().Name!;
        // installed, it is called sispi-agent; the test runner's "SispiAgent.Tests" is another program
        if (Environment.ProcessPath is { } running && new[] { assembly, "sispi-agent" }.Select(ExecutableFile.Name).Contains(Path.GetFileName(running)))
            return [running];
        var beside = Path.Combine(AppContext.BaseDirectory, ExecutableFile.Name(assembly));
        return File.Exists(beside) ? [beside] : [Path.Combine(DotnetFolder(), ExecutableFile.Name("dotnet")), Path.Combine(AppContext.BaseDirectory, assembly + ".dll")];
    }

    /// <summary>Writes a script that runs this program with a host's configuration: what an operator would call <c>sispi-agent</c> there.</summary>
    /// <param name="script">Where.</param>
    /// <param name="configuration">The host's configuration file.</param>
    public static void WriteScript(string script, string configuration)
    {
        // sshd gives a login no environment of ours: where .NET is has to be in the script
        ExecutableFile.Write(script, $"""
            #!/bin/sh
            DOTNET_ROOT='{DotnetFolder()}' TMPDIR='{Path.GetTempPath().TrimEnd('/')}'
            export DOTNET_ROOT TMPDIR
            exec {string.Join(' ', Command().Select(part => $"'{part}'"))} --config '{configuration}' "$@"

            """);
    }

    /// <summary>The folder of the running .NET: three above its libraries, for a framework-dependent program.</summary>
    private static string DotnetFolder() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
