using SispiAgent.Configuration;
using SispiAgent.Platform;

namespace SispiAgent.Cli;

/// <summary><c>peer facts</c>: prints what this host's agent last wrote down; works while the agent hangs.</summary>
internal static class PeerFactsVerb
{
    /// <summary>Prints it.</summary>
    /// <exception cref="AgentException">There are no facts yet.</exception>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        using var host = VerbHost.Open(file);
        var facts = host.Get<AgentPaths>().Facts;
        if (!File.Exists(facts))
            throw new AgentException($"{facts} is not there: the agent has not looked at its server yet.", "systemctl status sispi-agent");
        await Console.Out.WriteAsync(await File.ReadAllTextAsync(facts, cancellationToken));
        return ExitCode.Done;
    }
}
