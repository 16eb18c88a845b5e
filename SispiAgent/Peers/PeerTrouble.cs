using System.Net.Sockets;
using SispiAgent.Cluster;
using SispiAgent.Processes;

namespace SispiAgent.Peers;

/// <summary>Finds out, step by step along the way and without reading messages, why a peer gives no answer.</summary>
internal sealed class PeerTrouble(PeerKeys keys, PeerShell shell)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>What to do about it: the first thing on the way that is not as it should be.</summary>
    public async Task<string> RemedyAsync(Node peer, CancellationToken cancellationToken)
    {
        try
        {
            return await FirstAsync(peer, cancellationToken);
        }
        catch (AgentException e)
        {
            return $"{e.Message} {e.Hint}";
        }
    }

    private async Task<string> FirstAsync(Node peer, CancellationToken cancellationToken)
    {
        if (!File.Exists(keys.AgentKey))
            return "This host has no keys yet: sispi-agent peer setup";
        if (await ConnectProblemAsync(peer, cancellationToken) is { } problem)
            return $"Nothing answers ssh at {peer.Address}:{peer.SshPort} ({problem}): does sshd run there (on {peer.Name}: systemctl status ssh, or sshd; ss -ltn), is the port right (SshPort), does a firewall stand between?";
        var name = peer.SshPort == 22 ? peer.Address : $"[{peer.Address}]:{peer.SshPort}";
        var known = await ToolRunner.RunAsync(new ToolCommand("ssh-keygen", ["-F", name, "-f", keys.KnownHosts]), cancellationToken);
        if (known.ExitCode != 0)
            return "Its host key is not known here: sispi-agent peer setup --scan";
        if (!await IsKnownKeyAsync(peer, known.Output, cancellationToken))
            return $"It shows another host key than the one in {keys.KnownHosts}. If the host was installed anew: compare the fingerprint there, then: ssh-keygen -R \"{name}\" -f {keys.KnownHosts}; sispi-agent peer setup --scan";
        try
        {
            await shell.RunAsync(peer, "facts", null, null, cancellationToken);
            return $"The way is open. On {peer.Name}: systemctl status sispi-agent; journalctl -u sispi-agent -n 50; timedatectl";
        }
        catch (PeerSilentException)
        {
            return $"sshd answers, the host is the right one, and it does not let this host's key in. On {peer.Name}: put the first line that \"sispi-agent peer setup\" prints here for {peer.Name} into {peer.SshUser}'s authorized_keys (who may not be writable for others, nor the folders above).";
        }
        catch (ToolFailedException)
        {
            return $"It lets this host in, and the agent there gives nothing. On {peer.Name}: is sispi-agent installed on the PATH, does its service run (systemctl status sispi-agent), and what says \"sispi-agent peer facts\" as {peer.SshUser}?";
        }
    }

    private static async Task<string?> ConnectProblemAsync(Node peer, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(peer.Address, peer.SshPort, limit.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer within 5 s";
        }
    }

    private static async Task<bool> IsKnownKeyAsync(Node peer, string known, CancellationToken cancellationToken)
    {
        var shown = (await PeerSetup.ScanAsync(peer, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]);
        return shown.Any(key => known.Contains(key, StringComparison.Ordinal));
    }
}
