namespace SispiAgent.Platform;

/// <summary>Where the agent's own files are.</summary>
internal sealed class AgentPaths
{
    /// <param name="stateDirectory">The configured directory, or empty for the platform's own.</param>
    public AgentPaths(string stateDirectory) => StateDirectory = stateDirectory.Length > 0 ? Path.GetFullPath(stateDirectory) : Default();

    /// <summary>The directory of all state; 0700.</summary>
    public string StateDirectory { get; }

    /// <summary>Alerts, outbox and history.</summary>
    public string Database => Path.Combine(StateDirectory, "agent.db");

    /// <summary>What this agent tells its peers, renamed into place each round.</summary>
    public string Facts => Path.Combine(StateDirectory, "facts.json");

    /// <summary>Held open by the running agent.</summary>
    public string Lock => Path.Combine(StateDirectory, "agent.lock");

    private static string Default() => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "SispiAgent")
        : "/var/lib/sispi-agent";
}
