using SispiAgent.BackupSets;
using SispiAgent.Peers;

namespace SispiAgent.Backup;

/// <summary>A host without an agent: files first, and what makes them a set last. What is kept there is decided there.</summary>
internal sealed class PlainPlace(string name, DestinationOptions options, PeerKeys keys, PlainRsync rsync) : ICopyPlace
{
    /// <summary>Without these a folder is no set: neither the agent nor <c>sha256sum --check</c> takes it for one.</summary>
    private static readonly string[] Last = [SumsFile.Name, ManifestFile.Name];

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Where => options.Directory.Length > 0 ? options.Directory : $"{options.SshUser}@{options.Address}";

    /// <summary>The folder there as rsync is told it.</summary>
    public string Folder => options.Directory;

    /// <summary>How rsync gets there.</summary>
    public RsyncTarget Target => new(name, options.SshUser, options.Address, options.SshPort, options.IdentityFile.Length > 0 ? options.IdentityFile : keys.CopyKey, options.KnownHostsFile.Length > 0 ? options.KnownHostsFile : keys.KnownHosts)
    {
        KilobytesPerSecond = options.KilobytesPerSecond,
        Directory = Where,
        WayHint = $"Try the way there: sispi-agent peer check. Is the key in {options.SshUser}'s authorized_keys on {options.Address}, its host key known here (sispi-agent peer setup prints both), and rsync installed there?",
    };

    /// <inheritdoc/>
    public async Task<string?> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new($"copy to {name}", "copies, and compares there", 0.1));
        var root = Path.GetDirectoryName(Path.GetDirectoryName(set.Folder))!;
        var differences = await rsync.CopyAsync(Target, root, set.Id, Folder, Last, cancellationToken);
        return differences.Count > 0 ? string.Join("; ", differences) : null;
    }
}
