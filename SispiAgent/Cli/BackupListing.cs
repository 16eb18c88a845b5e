using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;

namespace SispiAgent.Cli;

/// <summary><c>backup list</c>: the sets on this host's disk and on the other database hosts' disks, or what was removed.</summary>
internal static class BackupListing
{
    /// <summary>Whether to show what was removed instead.</summary>
    public static readonly Option<bool> Deleted = new("--deleted") { Description = "What retention removed from this host's disk, when, why, and what replaces it." };

    /// <summary>Whether to ask nobody.</summary>
    public static readonly Option<bool> Here = new("--here") { Description = "Only this host's disk; the other hosts are not asked." };

    /// <summary>Lists.</summary>
    public static async Task<int> ListAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var json = parsed.GetValue<bool>("--json");
        if (parsed.GetValue(Deleted))
            return ListDeleted(services, json);
        var catalog = services.Get<DiskCatalog>();
        var here = await catalog.ReadAsync(cancellationToken);
        var others = parsed.GetValue(Here) ? [] : await catalog.AskAsync(cancellationToken);
        if (json)
        {
            Print(new { Schema = 2, here.Node, here.Directory, here.Sets, here.LastDrill, Others = others.Select(entry => new { Node = entry.Node.Name, entry.Node.BackupDirectory, entry.Problem, entry.Answer?.Sets, entry.Answer?.LastDrill }) });
            return ExitCode.Done;
        }

        var zone = services.Get<CurrentSite>().Value.TimeZone;
        Show(here, here, zone);
        foreach (var (node, answer, problem) in others)
        {
            Console.WriteLine();
            if (answer is not null)
                Show(answer, here, zone);
            else
                Console.WriteLine($"{node.Name}: no answer, so what is there is not known: {problem}");
        }

        return ExitCode.Done;
    }

    /// <summary>Prints JSON for a script.</summary>
    public static void Print(object value) => Console.WriteLine(JsonSerializer.Serialize(value, ManifestFile.Options));

    private static void Show(CatalogAnswer disk, CatalogAnswer here, TimeZoneInfo zone)
    {
        Console.WriteLine(disk.Directory.Length == 0 ? $"{disk.Node} has no backup directory." : $"{disk.Node}, {disk.Directory}: {disk.Sets.Count} set{(disk.Sets.Count == 1 ? "" : "s")}, {ByteSize.Words(disk.Sets.Sum(set => set.Bytes))}");
        if (disk.Sets.Count == 0 && ReferenceEquals(disk, here) && disk.Directory.Length > 0)
            Console.WriteLine("  There is no backup set. On the primary: sispi-agent backup run");
        var width = disk.Sets.Select(set => set.Set.Length).DefaultIfEmpty().Max();
        foreach (var set in disk.Sets)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {set.Set.PadRight(width)}  {Durations.SiteTime(set.Time, zone)}  {ByteSize.Words(set.Bytes),8}  {set.Databases.Count} db  {string.Join(", ", Marks(set, disk, here))}"));
    }

    private static IEnumerable<string> Marks(CatalogEntry set, CatalogAnswer disk, CatalogAnswer here)
    {
        yield return set.Problem is { } problem ? $"DAMAGED: {problem}" : "verified";
        if (!set.Set.StartsWith(disk.Node + "/", StringComparison.Ordinal))
            yield return "a copy";
        else
            yield return set.ProvenOn.Count > 0 ? $"copy proven on {string.Join(", ", set.ProvenOn)}" : "no proven copy";
        if (!ReferenceEquals(disk, here) && here.Sets.FirstOrDefault(own => own.Set == set.Set) is { } same && same.ManifestSha256 != set.ManifestSha256)
            yield return $"NOT the set of that name on {here.Node}";
        if (set.IsFromFormerPrimary)
            yield return "from a former primary";
        if (set.DrilledAt is not null)
            yield return "drilled";
        if (set.Pin is { } reason)
            yield return reason.Length > 0 ? $"pinned: {reason}" : "pinned";
    }

    private static int ListDeleted(IHost services, bool json)
    {
        var deletions = services.Get<DeletionBook>().ReadAll();
        var zone = services.Get<CurrentSite>().Value.TimeZone;
        if (json)
            Print(new { Schema = 1, Node = services.Get<CurrentSite>().Value.Self.Name, Deletions = deletions });
        else if (deletions.Count == 0)
            Console.WriteLine("Retention has removed nothing from this host's disk yet.");
        foreach (var gone in json ? [] : deletions)
        {
            Console.WriteLine($"{gone.Set}  {Durations.SiteTime(gone.Completed ?? gone.Intended, zone)}  {ByteSize.Words(gone.Bytes),8}  {(gone.Completed is null ? $"NOT removed whole yet{(gone.Problem is { } problem ? $": {problem}" : "")}" : "removed")}");
            Console.WriteLine($"  {gone.Reason}; replaced by {gone.Replacement ?? "?"}");
        }

        return ExitCode.Done;
    }
}
