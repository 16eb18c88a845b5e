using System.CommandLine;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Restore;

namespace SispiAgent.Cli;

/// <summary><c>drill</c>: restores a set of this host's disk into a throwaway server, now, and compares everything.</summary>
internal static class DrillVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var name = new Option<string?>("--set") { Description = "The set, of this host's disk. Without: the newest.", HelpName = "SET" };
        var json = new Option<bool>("--json") { Description = "Prints JSON, with a schema number." };
        var verb = new Command("drill", "Restores a set into a throwaway server, compares everything, and throws it away.") { name, json };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var set = SetCatalog.Find(host.Get<CurrentSite>().Value.Self.BackupDirectory, parsed.GetValue(name));
            var result = await BackupProgressView.ShowAsync(parsed.GetValue(json), progress => host.Get<DrillPipeline>().RunAsync(set, new Told(progress), cancellationToken));
            if (parsed.GetValue(json))
                BackupListing.Print(new { Schema = 1, Drill = result });
            else
                await TellAsync(result);
            return result.Verdict is DrillVerdict.Passed ? ExitCode.Done : ExitCode.Failed;
        });
        return verb;
    }

    private static async Task TellAsync(DrillResult result)
    {
        foreach (var remark in result.Remarks)
            Console.WriteLine($"  {remark}");
        if (result.Verdict is DrillVerdict.Passed)
        {
            Console.WriteLine($"{result.Set} passed: {ByteSize.Words(result.Bytes)} restored in {DrillRates.Took(result.Restored)}{(DrillRates.Rate(result.Bytes, result.Restored) is { Length: > 0 } rate ? $" ({rate})" : "")}, {result.Tables} tables have the rows of the manifest, {result.Digests} of them were compared by content.");
            foreach (var line in DrillRates.Lines(result))
                Console.WriteLine($"  {line}");
            return;
        }

        await Console.Error.WriteLineAsync(result.Verdict is DrillVerdict.Failed ? $"{result.Set} FAILED: it can't be restored as it was dumped." : $"{result.Set} can't be restored on this host; nothing is known against the set.");
        foreach (var problem in result.Problems)
            await Console.Error.WriteLineAsync($"  {problem}");
    }

    private sealed class Told(IProgress<BackupProgress> progress) : IProgress<RestoreProgress>
    {
        public void Report(RestoreProgress value) => progress.Report(new(value.Unit, value.Step, value.Fraction));
    }
}
