using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Peers;
using SispiAgent.Platform;

namespace SispiAgent.Backup;

/// <summary>Finds out which pg_restore the hosts have that get the dumps: their agents publish it, of a destination the configuration may say it.</summary>
internal sealed class DumpReaders(CurrentSite site, PeerBook book, LiveOptions<BackupOptions> options)
{
    /// <summary>Chooses the compression for a run.</summary>
    /// <exception cref="AgentException">This pg_dump can't do what is configured.</exception>
    public async Task<CompressionChoice> ChooseAsync(DumpTools tools, CancellationToken cancellationToken)
    {
        var settings = options.Current;
        List<DumpReader> readers = [.. settings.Destinations.Select(entry => new DumpReader(entry.Key, entry.Value.PgRestore > 0 ? entry.Value.PgRestore : null))];
        // nobody is asked where the answer would change nothing
        if (settings.Compression.Length == 0 && tools.Major >= 16)
        {
            foreach (var node in site.Value.Nodes.Where(node => node != site.Value.Self && node.Kind is NodeKind.Database && node.BackupDirectory.Length > 0))
                readers.Add(new(node.Name, (await book.AskAsync(node, cancellationToken)).Facts?.PgRestoreMajor));
        }

        var choice = CompressionChoice.Decide(settings.Compression, tools.Version, tools.Major, readers);
        return settings.CompressHere && FastDeflate.IsAvailable && DumpPacker.Knows(tools.Major) ? choice.PackedHere() : choice;
    }
}
