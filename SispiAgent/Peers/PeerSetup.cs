using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Peers;

/// <summary>Makes this host's two keys, and says what the other hosts have to be told.</summary>
internal sealed class PeerSetup(PeerKeys keys, CurrentSite site)
{
    /// <summary>Makes the keys that are not there yet.</summary>
    public async Task MakeKeysAsync(CancellationToken cancellationToken)
    {
        PrivateFolder.Make(keys.Folder);
        foreach (var key in new[] { keys.AgentKey, keys.CopyKey }.Where(key => !File.Exists(key)))
            await ToolRunner.RunToSuccessAsync(new ToolCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", $"sispi-agent@{site.Value.Self.Name}", "-f", key]), cancellationToken);
    }

    /// <summary>The lines for <c>authorized_keys</c> on a peer: the agent's key runs the closed list of verbs, the copy key writes below the backup directory.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="command">How <c>sispi-agent</c> is called there.</param>
    public IEnumerable<string> AuthorizedKeys(Node peer, string command = "sispi-agent")
    {
        yield return $"restrict,command=\"{command} peer\" {File.ReadAllText(keys.AgentKey + ".pub").Trim()}";
        if (peer.BackupDirectory.Length > 0)
            yield return $"restrict,command=\"rrsync -wo {peer.BackupDirectory}\" {File.ReadAllText(keys.CopyKey + ".pub").Trim()}";
    }

    /// <summary>Asks a peer's sshd for its host key.</summary>
    /// <returns>Lines for known_hosts. They are as good as the network they came over: compare the fingerprint.</returns>
    /// <exception cref="AgentException">It gave none.</exception>
    public static Task<string> ScanAsync(Node peer, CancellationToken cancellationToken) => ScanAsync(peer.Name, peer.Address, peer.SshPort, cancellationToken);

    /// <summary>Asks the sshd of a host that is no node for its host key.</summary>
    /// <exception cref="AgentException">It gave none.</exception>
    public static async Task<string> ScanAsync(string name, string address, int sshPort, CancellationToken cancellationToken)
    {
        var port = sshPort.ToString(CultureInfo.InvariantCulture);
        var result = await ToolRunner.RunAsync(new ToolCommand("ssh-keyscan", ["-T", "5", "-t", "ed25519", "-p", port, address]), cancellationToken);
        var lines = string.Concat(result.Output.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line + "\n"));
        return lines.Length > 0 ? lines : throw new AgentException($"{name} gave no ssh host key at {address}:{port}.", "Does sshd run there? Is the port right (SshPort)?");
    }

    /// <summary>Adds to known_hosts what is not in it.</summary>
    public void Trust(string lines)
    {
        var known = File.Exists(keys.KnownHosts) ? File.ReadAllText(keys.KnownHosts) : "";
        DurableFile.Write(keys.KnownHosts, known + string.Concat(lines.Split('\n').Where(line => line.Length > 0 && !known.Contains(line, StringComparison.Ordinal)).Select(line => line + "\n")));
    }
}
