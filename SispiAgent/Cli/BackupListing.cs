using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;

namespace SispiAgent.Cli;

/// <summary><c>backup list</c> and <c>backup show</c>.</summary>
internal static class BackupListing
{
    /// <summary>Lists the sets on this host's disk.</summary>
    public static Task<int> ListAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var site = services.Get<CurrentSite>().Value;
        var marks = services.Get<SetMarks>().ReadAll().ToLookup(mark => mark.Set);
        var sets = SetCatalog.Read(site.Self.BackupDirectory).Select(set => new
        {
            Set = set.Id,
            set.Time,
            set.Manifest.Bytes,
            Seconds = (long)(set.Manifest.Finished - set.Manifest.Started).TotalSeconds,
            Databases = set.Manifest.Databases.Select(database => database.Name).ToArray(),
            Problem = marks[set.Id].FirstOrDefault(mark => mark.Node == site.Self.Name)?.Problem,
            ProvenOn = marks[set.Id].Where(mark => mark.Node != site.Self.Name && mark.Problem is null).Select(mark => mark.Node).ToArray(),
        }).ToArray();
        if (parsed.GetValue<bool>("--json"))
        {
            Print(new { Schema = 1, Node = site.Self.Name, Directory = site.Self.BackupDirectory, Sets = sets });
            return Task.FromResult(ExitCode.Done);
        }

        if (sets.Length == 0)
            Console.WriteLine($"There is no backup set in {site.Self.BackupDirectory}. On the primary: sispi-agent backup run");
        foreach (var set in sets)
        {
            var copy = set.Set.StartsWith(site.Self.Name + "/", StringComparison.Ordinal) ? set.ProvenOn.Length > 0 ? $"copy proven on {string.Join(", ", set.ProvenOn)}" : "no proven copy" : "is a copy";
            Console.WriteLine($"{set.Set}  {Durations.SiteTime(set.Time, site.TimeZone)}  {ByteSize.Words(set.Bytes),8}  {set.Databases.Length} databases  {set.Problem ?? "verified"}, {copy}");
        }

        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Shows what a set holds.</summary>
    public static Task<int> ShowAsync(IHost services, string? name, bool json)
    {
        var site = services.Get<CurrentSite>().Value;
        var set = SetCatalog.Find(site.Self.BackupDirectory, name);
        var manifest = set.Manifest;
        if (json)
        {
            Print(manifest);
            return Task.FromResult(ExitCode.Done);
        }

        Console.WriteLine($"{set.Id} in {set.Folder}");
        Console.WriteLine($"  begun {Durations.SiteTime(manifest.Started, site.TimeZone)}, took {Durations.Words(manifest.Finished - manifest.Started)}, {ByteSize.Words(manifest.Bytes)}");
        Console.WriteLine($"  PostgreSQL {manifest.ServerVersion}, timeline {manifest.Timeline}, system identifier {manifest.SystemIdentifier}; pg_dump {manifest.ClientVersion}");
        foreach (var shared in manifest.Consistency)
            Console.WriteLine($"  {shared.Words}");
        foreach (var remark in manifest.Remarks)
            Console.WriteLine($"  ! {remark}");
        foreach (var file in manifest.Files)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ByteSize.Words(file.Bytes),9}  {file.Name}{(file.Tables.Count > 0 ? $"  ({file.Tables.Count} tables)" : "")}"));
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Prints JSON for a script.</summary>
    public static void Print(object value) => Console.WriteLine(JsonSerializer.Serialize(value, ManifestFile.Options));
}
