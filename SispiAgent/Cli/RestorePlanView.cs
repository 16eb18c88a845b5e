using Microsoft.Extensions.Hosting;
using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Restore;

namespace SispiAgent.Cli;

/// <summary><c>restore --plan</c>: the steps, their order and sizes.</summary>
internal static class RestorePlanView
{
    /// <summary>Shows it.</summary>
    public static int Show(IHost host, BackupSet set, RestoreRequest request, bool json)
    {
        var databases = request.Targets(set.Manifest);
        var bytes = databases.Sum(entry => entry.Database.Bytes);
        if (request.IsPartial)
        {
            Console.WriteLine($"From {set.Id}, into database {SqlName.Show(request.Target)}{(request.IsBeside ? $", schema restored_{set.Manifest.Name.ToLowerInvariant()}" : "")}:");
            Console.WriteLine("  1. a scratch database takes the set's definitions, without rows");
            Console.WriteLine("  2. what belongs to the tables is written from there into the database: refused, if it is there already");
            Console.WriteLine("  3. rows, from the set's files");
            Console.WriteLine("  4. indexes and constraints, sequences, views, statistics");
            Console.WriteLine("  5. comparison with the manifest; the scratch database goes");
            return ExitCode.Done;
        }

        var steps = request.Steps(set.Manifest);
        if (json)
        {
            BackupListing.Print(new { Schema = 1, Set = set.Id, Bytes = bytes, Steps = steps.Select(step => new { Phase = step.Phase.ToString(), step.Database, Command = step.ToString(), step.Bytes }) });
            return ExitCode.Done;
        }

        Console.WriteLine($"From {set.Id}: {ByteSize.Words(set.Manifest.Files.Where(file => databases.Any(entry => entry.Database.Name == file.Database)).Sum(file => file.Bytes))} of files, which were {ByteSize.Words(bytes)} on the server.");
        foreach (var step in steps)
            Console.WriteLine($"  {step.Phase,-12} {(step.Bytes > 0 ? ByteSize.Words(step.Bytes) : ""),9}  {step}");
        Console.WriteLine("Rows of one database are restored side by side, the longest file first. Afterwards everything is compared with the manifest.");
        return ExitCode.Done;
    }
}
