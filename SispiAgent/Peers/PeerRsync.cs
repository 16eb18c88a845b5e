using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Processes;

namespace SispiAgent.Peers;

/// <summary>Copies a folder into another host's backup directory, with a key that <c>rrsync</c> keeps within it.</summary>
internal sealed class PeerRsync(PeerKeys keys, LiveOptions<PeersOptions> options)
{
    /// <summary>Copies the content of a folder; what is there already is not sent again, and an interrupted file goes on where it stopped.</summary>
    /// <param name="folder">The folder here.</param>
    /// <param name="node">The other host.</param>
    /// <param name="remoteFolder">The folder there, relative to its backup directory; made if needed.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">It could not be copied whole.</exception>
    public async Task PushAsync(string folder, Node node, string remoteFolder, CancellationToken cancellationToken)
    {
        await RunAsync(node, ["--mkpath", "--delete", "--fsync", "--partial-dir=.rsync-partial", "--", $"{folder.TrimEnd('/')}/", $"{SshOptions.Destination(node)}:{remoteFolder}/"], cancellationToken);
    }

    /// <summary>Tries the way there without copying anything.</summary>
    /// <exception cref="AgentException">It is not open.</exception>
    public async Task TryAsync(Node node, CancellationToken cancellationToken)
    {
        var nothing = Directory.CreateTempSubdirectory("sispi-agent-").FullName;
        try
        {
            await RunAsync(node, ["--dry-run", "--", $"{nothing}/", $"{SshOptions.Destination(node)}:./"], cancellationToken);
        }
        finally
        {
            Directory.Delete(nothing);
        }
    }

    private async Task RunAsync(Node node, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var settings = options.Current;
        List<string> all = ["--recursive", "--times", "--perms", "--timeout=60", "--rsh", new ToolCommand("ssh", SshOptions.For(node, keys.CopyKey, keys.KnownHosts, settings.Timeout)).ToString()];
        if (settings.CopyKilobytesPerSecond > 0)
            all.Add(string.Create(CultureInfo.InvariantCulture, $"--bwlimit={settings.CopyKilobytesPerSecond}"));

        // a finished set does not change: 24 ("some files vanished") is an error here, as every other code but 0
        var result = await ToolRunner.RunAsync(new ToolCommand("rsync", [.. all, .. arguments]) { Timeout = settings.CopyTimeout }, cancellationToken);
        if (result.ExitCode != 0)
            throw new AgentException($"The copy to {node.Name} failed: rsync ended with exit code {result.ExitCode}: {result.ErrorTail.Trim().ReplaceLineEndings(" / ")}", Hint(result.ExitCode, node));
    }

    /// <summary>What an exit code means for the operator (rsync(1), EXIT VALUES).</summary>
    private static string Hint(int exitCode, Node node) => exitCode switch
    {
        11 => $"Is there room in {node.BackupDirectory} on {node.Name}, and may {node.SshUser} write there?",
        12 or 255 => $"Try the way there: sispi-agent peer check. Is the copy key in {node.SshUser}'s authorized_keys on {node.Name} (sispi-agent peer setup prints the line), and rsync with rrsync installed there?",
        _ => "Try again: sispi-agent backup copy",
    };
}
