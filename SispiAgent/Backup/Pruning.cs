using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;

namespace SispiAgent.Backup;

/// <summary>Removes old sets from this host's own disk, as the retention plan decides.</summary>
internal sealed class Pruning(CurrentSite site, LiveOptions<BackupOptions> options, SetMarks marks, TimeProvider time)
{
    /// <summary>What the plan decides about each set here, newest first.</summary>
    public IReadOnlyList<Retention> Plan()
    {
        var self = site.Value.Self;
        var settings = options.Current;
        var seen = marks.ReadAll();
        var bad = seen.Where(mark => mark.Node == self.Name && mark.Problem is not null).Select(mark => mark.Set).ToHashSet();
        var elsewhere = seen.Where(mark => mark.Node != self.Name && mark.Problem is null).ToArray();
        var proven = elsewhere.Select(mark => mark.Set).ToHashSet();
        return RetentionPlan.Decide(
            SetCatalog.Read(self.BackupDirectory).Select(set => new RetainedSet(
                set.Id, set.Time, set.Manifest.SystemIdentifier, !bad.Contains(set.Id), set.Manifest.Origin == self.Name, proven.Contains(set.Id), set.Manifest.IsFromFormerPrimary)),
            new RetentionRules(settings.KeepLast, settings.KeepWithin, settings.KeepMonthly, settings.KeepAtLeast, settings.CopyRequired),
            time.GetUtcNow(), elsewhere.Length > 0 ? elsewhere.Max(mark => mark.At) : null);
    }

    /// <summary>Removes what the plan lets go.</summary>
    /// <returns>What was removed, and why.</returns>
    public IReadOnlyList<Retention> Run()
    {
        var directory = site.Value.Self.BackupDirectory;
        Retention[] going = [.. Plan().Where(entry => !entry.IsKept)];
        foreach (var entry in going)
        {
            var folder = Path.Combine(directory, entry.Id);
            // first renamed: a removal that breaks in the middle leaves nothing that looks like a set
            var aside = folder + SetName.Partial;
            Directory.Move(folder, aside);
            DurableFile.FlushDirectory(Path.GetDirectoryName(folder)!);
            Directory.Delete(aside, recursive: true);
        }

        return going;
    }
}
