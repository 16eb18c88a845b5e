using System.CommandLine;

namespace SispiAgent.Cli;

/// <summary><c>demo</c>: the agent's story on throwaway servers.</summary>
internal static class DemoVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var verb = new Command("demo", "Shows on throwaway servers what the agent does; leaves nothing behind.");
        verb.SetAction((_, _) => Task.FromResult(ExitCode.Failed));
        return verb;
    }
}
