using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;

namespace SispiAgent.Cli;

/// <summary><c>backup show</c>: what a set holds, own or copied.</summary>
internal static class BackupShowing
{
    private const int MostTables = 10;

    /// <summary>Shows it.</summary>
    public static Task<int> ShowAsync(IHost services, ParseResult parsed, Argument<string?> setArgument)
    {
        var site = services.Get<CurrentSite>().Value;
        var set = SetCatalog.Find(site.Self.BackupDirectory, parsed.GetValue(setArgument));
        if (parsed.GetValue<bool>("--json"))
        {
            BackupListing.Print(set.Manifest);
            return Task.FromResult(ExitCode.Done);
        }

        var manifest = set.Manifest;
        Console.WriteLine($"{set.Id} in {set.Folder} on {site.Self.Name}");
        Console.WriteLine($"  begun {Durations.SiteTime(manifest.Started, site.TimeZone)}, took {Durations.Words(manifest.Finished - manifest.Started)}, {ByteSize.Words(manifest.Bytes)} in {manifest.Files.Count + 2} files");
        Console.WriteLine($"  PostgreSQL {manifest.ServerVersion}, timeline {manifest.Timeline}, system identifier {manifest.SystemIdentifier}; pg_dump {manifest.ClientVersion}; needs pg_restore {manifest.LowestPgRestore} and psql {manifest.LowestPsql} or newer");
        foreach (var line in Places(services, set, site))
            Console.WriteLine($"  {line}");
        foreach (var shared in manifest.Consistency)
            Console.WriteLine($"  {shared.Words}");
        foreach (var remark in manifest.Remarks)
            Console.WriteLine($"  ! {remark}");
        foreach (var database in manifest.Databases)
            Show(database, manifest);
        Console.WriteLine("other files");
        foreach (var file in manifest.Files.Where(file => file.Kind != "dump").OrderByDescending(file => file.Bytes))
            Console.WriteLine($"  {ByteSize.Words(file.Bytes),9}  {file.Kind,-13}  {file.Name}");
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Places(IHost services, BackupSet set, Site site)
    {
        var seen = services.Get<SetMarks>().ReadAll().Where(mark => mark.Set == set.Id).ToArray();
        if (seen.FirstOrDefault(mark => mark.Node == site.Self.Name) is { } own)
            yield return own.Problem is null ? $"verified here {Durations.SiteTime(own.At, site.TimeZone)}" : $"! DAMAGED here, seen {Durations.SiteTime(own.At, site.TimeZone)}: {own.Problem}";
        if (set.Manifest.Origin != site.Self.Name)
            yield return $"a copy: dumped on {set.Manifest.Origin}";
        foreach (var mark in seen.Where(mark => mark.Node != site.Self.Name))
            yield return mark.Problem is null ? $"copy on {mark.Node}, proven there {Durations.SiteTime(mark.At, site.TimeZone)}" : $"! copy on {mark.Node} is NOT good, seen {Durations.SiteTime(mark.At, site.TimeZone)}: {mark.Problem}";
        if (set.Manifest.Origin == site.Self.Name && seen.All(mark => mark.Node == site.Self.Name))
            yield return "! no other place was seen to have a copy";
        if (services.Get<DrillBook>().PassedOf(set.Id) is { } drill)
        {
            yield return $"restored in a drill here, which passed {Durations.SiteTime(drill.Ended, site.TimeZone)}: {ByteSize.Words(drill.Bytes)} in {DrillRates.Took(drill.Restored)}{(DrillRates.Rate(drill.Bytes, drill.Restored) is { Length: > 0 } rate ? $", {rate}" : "")}";
            foreach (var line in DrillRates.Lines(drill))
                yield return $"  {line}";
        }

        if (SetPins.Read(set.Folder) is { } pin)
            yield return $"pinned on {site.Self.Name}{(pin.At is { } at ? $" since {Durations.SiteTime(at, site.TimeZone)}" : "")}{(pin.Reason.Length > 0 ? $": {pin.Reason}" : "")}";
        if (set.Manifest.IsFromFormerPrimary)
            yield return "! the server was no longer the primary at its end: it is kept and counts for nothing";
    }

    private static void Show(SetDatabase database, SetManifest manifest)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"database {SqlName.Show(database.Name)}: {ByteSize.Words(database.Bytes)} on the server, {database.Tables.Count} tables, {database.Sequences.Count} sequences, {database.LargeObjects ?? 0} large objects{(database.Attempts > 1 ? $", {database.Attempts} attempts" : "")}"));
        foreach (var file in manifest.Files.Where(file => file.Kind == "dump" && file.Database == database.Name))
            Console.WriteLine($"  {ByteSize.Words(file.Bytes),9}  {(file.UnitKind ?? UnitKind.Whole).ToString().ToLowerInvariant(),-11}  {file.Name}  ({(file.UnitKind is UnitKind.Definitions ? "definitions" : $"{file.Tables.Count} tables")})");
        foreach (var table in database.Tables.OrderByDescending(table => table.Bytes).Take(MostTables))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"             {SqlName.Show(table.Schema, table.Name)}: {ByteSize.Words(table.Bytes)}, {(table.Rows is { } rows ? $"{rows:N0} rows" : "rows not counted")}{(table.Unit is { } unit ? $", in {unit}" : "")}"));
        if (database.Tables.Count > MostTables)
            Console.WriteLine($"             and {database.Tables.Count - MostTables} smaller ones (--json names every table)");
    }
}
