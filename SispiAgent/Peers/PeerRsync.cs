using SispiAgent.Cluster;
using SispiAgent.Configuration;

namespace SispiAgent.Peers;

/// <summary>Copies a folder into another host's backup directory, with a key that <c>rrsync</c> keeps within it.</summary>
internal sealed class PeerRsync(PeerKeys keys, LiveOptions<PeersOptions> options)
{
    /// <summary>Copies the content of a folder; what is there already is not sent again, and an interrupted file goes on where it stopped.</summary>
    /// <param name="folder">The folder here.</param>
    /// <param name="node">The other host.</param>
    /// <param name="remoteFolder">The folder there, relative to its backup directory; made if needed.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="kept">A file there that is the receiver's own and stays.</param>
    /// <exception cref="AgentException">It could not be copied whole.</exception>
    public Task PushAsync(string folder, Node node, string remoteFolder, CancellationToken cancellationToken, string? kept = null) => RsyncRun.RunAsync(
        TargetOf(node), [.. RsyncRun.Copying, "--mkpath", "--delete", "--fsync", .. kept is null ? Array.Empty<string>() : [$"--exclude=/{kept}"], "--", $"{folder.TrimEnd('/')}/", TargetOf(node).Path($"{remoteFolder}/")],
        options.Current, cancellationToken);

    /// <summary>Tries the way there without copying anything.</summary>
    /// <exception cref="AgentException">It is not open.</exception>
    public Task TryAsync(Node node, CancellationToken cancellationToken) => RsyncRun.TryAsync(TargetOf(node), "./", options.Current, cancellationToken);

    private RsyncTarget TargetOf(Node node) => new(node.Name, node.SshUser, node.Address, node.SshPort, keys.CopyKey, keys.KnownHosts)
    {
        KilobytesPerSecond = options.Current.CopyKilobytesPerSecond,
        Directory = node.BackupDirectory,
        WayHint = $"Try the way there: sispi-agent peer check. Is the copy key in {node.SshUser}'s authorized_keys on {node.Name} (sispi-agent peer setup prints the line), and rsync with rrsync installed there?",
    };
}
