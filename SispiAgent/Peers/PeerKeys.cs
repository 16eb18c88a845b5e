using SispiAgent.Platform;

namespace SispiAgent.Peers;

/// <summary>The files of the agent's ssh, all in its state directory: nothing of the user's own ssh is used.</summary>
internal sealed class PeerKeys(AgentPaths paths)
{
    /// <summary>The folder.</summary>
    public string Folder => Path.Combine(paths.StateDirectory, "ssh");

    /// <summary>The key for <c>sispi-agent peer</c>.</summary>
    public string AgentKey => Path.Combine(Folder, "agent_ed25519");

    /// <summary>The key for copies, which <c>rrsync</c> keeps within the backup directory.</summary>
    public string CopyKey => Path.Combine(Folder, "copy_ed25519");

    /// <summary>The peers' host keys.</summary>
    public string KnownHosts => Path.Combine(Folder, "known_hosts");
}
