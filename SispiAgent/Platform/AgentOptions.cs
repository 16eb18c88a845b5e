namespace SispiAgent.Platform;

/// <summary>Section <c>Agent</c>: what may differ from host to host.</summary>
internal sealed class AgentOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Agent";

    /// <summary>The name of this host's node in <c>Cluster:Nodes</c>. Empty: the host's own name, without its domain.</summary>
    public string Node { get; set; } = "";

    /// <summary>Where the agent keeps <c>agent.db</c>, its facts and its keys. Empty: <c>/var/lib/sispi-agent</c>, on Windows <c>%ProgramData%\SispiAgent</c>.</summary>
    public string StateDirectory { get; set; } = "";

    /// <summary>The user of the agent and its verbs, whom root becomes. Empty: the owner of the state directory, else <c>postgres</c>, on a web host <c>codemanager</c>.</summary>
    public string User { get; set; } = "";
}
