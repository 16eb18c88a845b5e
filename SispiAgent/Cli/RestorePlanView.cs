using Microsoft.Extensions.Hosting;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Restore;

namespace SispiAgent.Cli;

/// <summary><c>restore --plan</c>: the steps, their order and sizes, and how long they took in drills.</summary>
internal static class RestorePlanView
{
    /// <summary>Shows it.</summary>
    public static async Task<int> ShowAsync(IHost host, BackupSet set, RestoreRequest request, string into, bool json, CancellationToken cancellationToken)
    {
        var databases = request.Targets(set.Manifest);
        var tables = request.IsPartial ? PartialTables(set, request) : [];
        var bytes = request.IsPartial ? tables.Sum(table => table.Bytes) : databases.Sum(entry => entry.Database.Bytes);
        var (drills, silent) = await host.Get<DiskCatalog>().DrillsAsync(set.Manifest.SystemIdentifier, cancellationToken);
        var hasPartitions = request.Schemas.Count == 0 && tables.Any(table => FileOf(set.Manifest, table) is null);
        var estimate = hasPartitions ? null : RestoreEstimate.Of(bytes, set.Manifest.Bytes, set.Manifest.SystemIdentifier, drills);
        var steps = request.IsPartial ? [] : request.Steps(set.Manifest);
        if (json)
        {
            BackupListing.Print(new
            {
                Schema = 2, Set = set.Id, Bytes = bytes,
                Steps = steps.Select(step => new { Phase = step.Phase.ToString(), step.Database, Command = step.ToString(), step.Bytes, Seconds = Of(estimate, set, request, step)?.TotalSeconds }),
                Tables = tables.Select(table => new { table.Schema, table.Name, table.Bytes, table.Rows, File = FileOf(set.Manifest, table)?.Name }),
                Estimate = estimate is null ? null : new { Seconds = estimate.Total.TotalSeconds, Check = estimate.Check.TotalSeconds, Restore = estimate.Restore.TotalSeconds, Comparison = estimate.Comparison.TotalSeconds, estimate.BytesASecond, Drills = estimate.Drills.Select(drill => drill.Set) },
                Silent = silent,
            });
            return ExitCode.Done;
        }

        if (request.IsPartial)
            Show(set, request, tables, into);
        else
            Show(set, request, steps, estimate, bytes, into);
        if (hasPartitions)
            Console.WriteLine("How large the partitions are is known only when the definitions have been read: no estimate.");
        foreach (var line in hasPartitions ? [] : RestoreEstimateWords.Of(estimate, silent))
            Console.WriteLine(line);
        return ExitCode.Done;
    }

    private static void Show(BackupSet set, RestoreRequest request, IReadOnlyList<RestoreStep> steps, RestoreEstimate? estimate, long bytes, string into)
    {
        var files = set.Manifest.Files.Where(file => request.Targets(set.Manifest).Any(entry => entry.Database.Name == file.Database)).Sum(file => file.Bytes);
        Console.WriteLine($"From {set.Id}, in {set.Folder}: {ByteSize.Words(files)} of files, which were {ByteSize.Words(bytes)} on the server. Into {into}.");
        Console.WriteLine($"  {"",-23} {"file",9} {(estimate is null ? "" : "about"),9}");
        foreach (var step in steps)
            Console.WriteLine($"  {DrillRates.Words(step.Phase),-23} {(step.Bytes > 0 ? ByteSize.Words(step.Bytes) : ""),9} {(Of(estimate, set, request, step) is { } took ? DrillRates.Took(took) : ""),9}  {step}");
        Console.WriteLine("Databases are restored side by side, and the rows of one database too, the longest file first. Afterwards everything is compared with the manifest.");
    }

    private static void Show(BackupSet set, RestoreRequest request, IReadOnlyList<SetTable> tables, string into)
    {
        Console.WriteLine($"From {set.Id}, in {set.Folder}, into database {SqlName.Show(request.Target)} of {into}{(request.IsBeside ? $", schema {RestoreRequest.BesideSchema(set.Manifest)}" : "")}:");
        Console.WriteLine("  1. a scratch database sispi_restore_… on the same server takes the set's definitions, without rows");
        Console.WriteLine(request.Replaces
            ? "  2. what is there under these names moves to SCHEMA_before_TIME and is kept; refused, if something else depends on it"
            : $"  2. nothing that is there is touched: refused, if {(request.IsBeside ? "that schema" : "one of these names")} is there already");
        Console.WriteLine("  3. definitions, then rows:");
        foreach (var table in tables.OrderByDescending(table => table.Bytes))
            Console.WriteLine($"     {ByteSize.Words(table.Bytes),9}  {SqlName.Show(table.Schema, table.Name)}{(FileOf(set.Manifest, table) is { } file ? $", from {file.Name}" : ": its partitions come with it")}");
        Console.WriteLine("  4. indexes and constraints, values of sequences, materialized views, statistics");
        Console.WriteLine("  5. comparison with the manifest; the scratch database goes");
    }

    private static SetTable[] PartialTables(BackupSet set, RestoreRequest request)
    {
        var database = request.Find(set.Manifest);
        foreach (var table in request.Tables.Where(table => !database.Tables.Any(one => (one.Schema, one.Name) == (table.Schema, table.Name))))
            throw new AgentException($"The set's database {SqlName.Show(database.Name)} has no table {SqlName.Show(table.Schema, table.Name)}.", "See which it has: table-sizes.tsv in the set's folder. Write SCHEMA.TABLE, in double quotes where SQL needs them.");
        return [.. database.Tables.Where(table => request.Schemas.Contains(table.Schema) || request.Tables.Any(one => (one.Schema, one.Name) == (table.Schema, table.Name)))];
    }

    private static SetFile? FileOf(SetManifest manifest, SetTable table) => manifest.Files.FirstOrDefault(file => file.Kind == "dump" && file.UnitKind is not UnitKind.Definitions && file.Tables.Contains(table.Oid));

    private static TimeSpan? Of(RestoreEstimate? estimate, BackupSet set, RestoreRequest request, RestoreStep step) => estimate?.Step(StepTime.Of(set.Manifest, step, request.Database, default));
}
