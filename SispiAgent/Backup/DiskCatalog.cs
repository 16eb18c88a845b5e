using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>What lies on this host's disk, with its marks, and on the other hosts' disks, as their agents say.</summary>
internal sealed class DiskCatalog(CurrentSite site, SetMarks marks, DrillBook drills, PeerShell shell)
{
    /// <summary>The sets here.</summary>
    public async Task<CatalogAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        var seen = marks.ReadAll().ToLookup(mark => mark.Set);
        var drilled = drills.PassedBySet();
        List<CatalogEntry> entries = [];
        foreach (var set in self.BackupDirectory.Length > 0 ? SetCatalog.Read(self.BackupDirectory) : [])
        {
            var own = seen[set.Id].FirstOrDefault(mark => mark.Node == self.Name);
            entries.Add(new(set.Id, set.Time, set.Manifest.Bytes, (long)(set.Manifest.Finished - set.Manifest.Started).TotalSeconds, [.. set.Manifest.Databases.Select(database => database.Name)],
                await SumsFile.HashAsync(Path.Combine(set.Folder, ManifestFile.Name), cancellationToken))
            {
                VerifiedAt = own?.At,
                Problem = own?.Problem,
                ProvenOn = [.. seen[set.Id].Where(mark => mark.Node != self.Name && mark.Problem is null).Select(mark => mark.Node)],
                Pin = SetPins.Read(set.Folder)?.Reason,
                DrilledAt = drilled.TryGetValue(set.Id, out var at) ? at : null,
                IsFromFormerPrimary = set.Manifest.IsFromFormerPrimary,
            });
        }

        return new(CatalogAnswer.CurrentSchema, self.Name, self.BackupDirectory, entries) { LastDrill = Own(), Drills = drills.Telling() };
    }

    /// <summary>Asks every other database host; one that gives no answer is a problem, not an empty disk.</summary>
    public async Task<IReadOnlyList<(Node Node, CatalogAnswer? Answer, string? Problem)>> AskAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(site.Value.Peers.Where(node => node.Kind is NodeKind.Database).Select(async node =>
        {
            try
            {
                return (node, CatalogAnswer.Parse(await shell.RunAsync(node, "catalog", null, null, cancellationToken)), (string?)null);
            }
            catch (Exception e) when (e is PeerSilentException or ToolFailedException or JsonException)
            {
                return (node, (CatalogAnswer?)null, e.Message);
            }
        }));

    /// <summary>The last drill that passed here or, as far as they answer, on another host.</summary>
    public async Task<LastDrill?> LastDrillAsync(CancellationToken cancellationToken) =>
        (await AskAsync(cancellationToken)).Select(entry => entry.Answer?.LastDrill).Append(Own()).Where(drill => drill is not null).MaxBy(drill => drill!.At);

    /// <summary>The newest drills of a cluster that passed here or, if none did, on other hosts: drills are the standby's, and restores often the primary's.</summary>
    /// <returns>The drills, and which hosts were asked and gave no answer.</returns>
    public async Task<(IReadOnlyList<DrillResult> Drills, IReadOnlyList<string> Silent)> DrillsAsync(string systemIdentifier, CancellationToken cancellationToken)
    {
        if (drills.Telling() is var own && own.Any(drill => drill.SystemIdentifier == systemIdentifier))
            return (own, []);
        var answers = await AskAsync(cancellationToken);
        return ([.. answers.SelectMany(entry => entry.Answer?.Drills ?? [])], [.. answers.Where(entry => entry.Answer is null).Select(entry => entry.Node.Name)]);
    }

    private LastDrill? Own() => drills.Last() is { } passed ? new(passed.Ended, passed.Set) : null;
}
