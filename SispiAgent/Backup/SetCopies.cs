using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>What became of a copy.</summary>
/// <param name="Place">Where.</param>
/// <param name="Where">The folder there.</param>
/// <param name="Problem">Why there is none; <see langword="null"/>: it is proven.</param>
internal sealed record CopyResult(string Place, string Where, string? Problem);

/// <summary>Brings sets to the other database hosts and to the destinations, and has them proven there. A copy that fails does not undo the set.</summary>
internal sealed class SetCopies(
    CurrentSite site, LiveOptions<BackupOptions> options, PeerRsync rsync, PlainRsync plain, PeerShell shell, PeerKeys keys, SetMarks marks, LiveOptions<PeersOptions> peers, AgentPaths paths, TimeProvider time)
{
    /// <summary>The places that get copies.</summary>
    public IReadOnlyList<ICopyPlace> Places() =>
    [
        .. site.Value.Nodes.Where(node => node != site.Value.Self && node.Kind is NodeKind.Database && node.BackupDirectory.Length > 0).Select(node => new AgentPlace(node, rsync, shell, peers.Current.CopyTimeout)),
        .. PlainPlaces(),
    ];

    /// <summary>Those of them without an agent.</summary>
    public IReadOnlyList<PlainPlace> PlainPlaces() => [.. options.Current.Destinations.Select(entry => new PlainPlace(entry.Key, entry.Value, keys, plain))];

    /// <summary>Copies one set to every place.</summary>
    public Task<IReadOnlyList<CopyResult>> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken) => CopyAsync(set, Places(), progress, cancellationToken);

    /// <summary>Copies one set to some places.</summary>
    /// <exception cref="AgentException">Another copy runs, or the set is gone.</exception>
    public async Task<IReadOnlyList<CopyResult>> CopyAsync(BackupSet set, IReadOnlyList<ICopyPlace> places, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        using var only = FileLock.TryTake(Path.Combine(paths.StateDirectory, "copy.lock")) ?? throw new AgentException("Another copy runs at present.", "Wait for it: sispi-agent status");
        using var hold = await SetHold.TakeAsync(set.Folder, "a copy to other hosts", time, cancellationToken);
        List<CopyResult> results = [];
        foreach (var place in places)
        {
            string? problem;
            try
            {
                problem = await place.CopyAsync(set, progress, cancellationToken);
                marks.Record(set.Id, place.Name, problem);
            }
            catch (Exception e) when (e is AgentException or PeerSilentException or ToolFailedException or JsonException)
            {
                problem = $"{e.Message}{(e is AgentException { Hint: var hint } ? $" {hint}" : "")}";
            }

            progress.Report(new($"copy to {place.Name}", problem is null ? "proven there" : "failed", 1));
            results.Add(new(place.Name, place.Where, problem));
        }

        return results;
    }

    /// <summary>Own sets that a place was not seen to have, with those places; the newest first.</summary>
    public IReadOnlyList<(BackupSet Set, IReadOnlyList<ICopyPlace> Places)> Unproven()
    {
        var self = site.Value.Self;
        var places = Places();
        var seen = marks.ReadAll().Where(mark => mark.Problem is null).Select(mark => (mark.Set, mark.Node)).ToHashSet();
        return
        [
            .. SetCatalog.Read(self.BackupDirectory).Where(set => set.Manifest.Origin == self.Name)
                .Select(set => (set, (IReadOnlyList<ICopyPlace>)[.. places.Where(place => !seen.Contains((set.Id, place.Name)))])).Where(entry => entry.Item2.Count > 0),
        ];
    }
}
