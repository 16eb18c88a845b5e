using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;

namespace SispiAgent.Backup;

/// <summary>What retention goes by: the marks, the pins, the options, and whether the files of a set are there at all.</summary>
internal sealed class RetentionFacts(CurrentSite site, LiveOptions<BackupOptions> options, SetMarks marks, TimeProvider time)
{
    /// <summary>Decides about sets of this host's disk, newest first.</summary>
    public IReadOnlyList<Retention> Decide(IReadOnlyList<BackupSet> sets)
    {
        var self = site.Value.Self;
        var settings = options.Current;
        var seen = marks.ReadAll();
        var bad = seen.Where(mark => mark.Node == self.Name && mark.Problem is not null).Select(mark => mark.Set).ToHashSet();
        var proven = seen.Where(mark => mark.Problem is null).ToLookup(mark => mark.Set, mark => mark.Node);
        string[] required = [.. settings.Destinations.Where(entry => entry.Value.Required).Select(entry => entry.Key)];
        var hosts = site.Value.Nodes.Where(node => node != self && node.Kind is NodeKind.Database).Select(node => node.Name).ToHashSet();
        return RetentionPlan.Decide(
            sets.Select(set => new RetainedSet(set.Id, set.Time, set.Manifest.SystemIdentifier, !bad.Contains(set.Id) && IsThere(set), set.Manifest.Origin == self.Name, IsProven(proven[set.Id]), set.Manifest.IsFromFormerPrimary)
            {
                Pin = SetPins.Read(set.Folder)?.Reason,
                Holder = SetHold.Holder(set.Folder),
            }),
            new RetentionRules(settings.KeepLast, settings.KeepWithin, settings.KeepMonthly, settings.KeepAtLeast, settings.CopyRequired || required.Length > 0) { Zone = site.Value.TimeZone },
            time.GetUtcNow(), settings.CopyRequired ? CopySeen(seen, self.Name, hosts) : CopySeenByAll(seen, required));

        bool IsProven(IEnumerable<string> places) => (!settings.CopyRequired || places.Any(hosts.Contains)) && required.All(name => places.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>When another host was last seen to have a set that is here too: it took a copy of ours, or we took one of its.</summary>
    private static DateTimeOffset? CopySeen(IReadOnlyList<SetMarks.Mark> seen, string self, HashSet<string> hosts)
    {
        DateTimeOffset[] moments =
        [
            .. seen.Where(mark => mark.Problem is null && (hosts.Contains(mark.Node) || (mark.Node == self && !mark.Set.StartsWith(self + "/", StringComparison.Ordinal)))).Select(mark => mark.At),
        ];
        return moments.Length > 0 ? moments.Max() : null;
    }

    /// <summary>The same for destinations without an agent: the moment of the one that was silent longest.</summary>
    private static DateTimeOffset? CopySeenByAll(IReadOnlyList<SetMarks.Mark> seen, IReadOnlyList<string> places)
    {
        DateTimeOffset?[] moments = [.. places.Select(place => seen.Where(mark => mark.Problem is null && mark.Node.Equals(place, StringComparison.OrdinalIgnoreCase)).Max(mark => (DateTimeOffset?)mark.At))];
        return moments.Contains(null) ? null : moments.Min();
    }

    /// <summary>Whether every file is there with its size: a look, not a verification, that a replacement is not merely a name.</summary>
    private static bool IsThere(BackupSet set) =>
        set.Manifest.Files.All(file => new FileInfo(Path.Combine(set.Folder, file.Name)) is { Exists: true } found && found.Length == file.Bytes);
}
