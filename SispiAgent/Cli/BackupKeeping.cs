using System.CommandLine;
using Microsoft.Extensions.Hosting;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;

namespace SispiAgent.Cli;

/// <summary><c>backup prune</c>, <c>backup pin</c> and <c>backup unpin</c>: how long the sets on this host's disk are kept.</summary>
internal static class BackupKeeping
{
    /// <summary>Which set; there is no default: it is for ever.</summary>
    public static readonly Argument<string> SetArgument = new("SET") { Description = "The set: 20261129T140200Z, or with its origin server2/20261129T140200Z." };

    /// <summary>Why a set is pinned.</summary>
    public static readonly Option<string> Reason = new("--reason") { Description = "Why, for those who come after you.", DefaultValueFactory = _ => "" };

    /// <summary>Whether only to say what would go.</summary>
    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only says which set would stay or go, and why." };

    /// <summary>Prunes, or says what would go.</summary>
    public static Task<int> PruneAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var pruning = services.Get<Pruning>();
        var isDryRun = parsed.GetValue(DryRun);
        var plan = pruning.Plan();
        var outcome = isDryRun ? new PruneOutcome([], [], []) : pruning.RunAndTell();
        if (parsed.GetValue<bool>("--json"))
            BackupListing.Print(new { Schema = 1, IsDryRun = isDryRun, Sets = plan, outcome.Removed, outcome.Problems, outcome.GivenUp });
        else if (plan.Count == 0 && outcome.Removed.Count == 0)
            Console.WriteLine("There is no set here.");
        else
            Show(plan, outcome, isDryRun);
        foreach (var problem in outcome.Problems)
            Console.Error.WriteLine($"Not removed whole: {problem}");
        return Task.FromResult(outcome.Problems.Count == 0 ? ExitCode.Done : ExitCode.Incomplete);
    }

    /// <summary>Pins a set.</summary>
    public static Task<int> PinAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var self = services.Get<CurrentSite>().Value.Self;
        var set = SetCatalog.Find(self.BackupDirectory, parsed.GetValue(SetArgument));
        SetPins.Pin(set.Folder, (parsed.GetValue(Reason) ?? "").ReplaceLineEndings(" ").Trim(), services.Get<TimeProvider>().GetUtcNow());
        Console.WriteLine($"{set.Id} is pinned on {self.Name}. Its copies on other hosts are kept by their own rules and pins.");
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Unpins a set.</summary>
    public static Task<int> UnpinAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var self = services.Get<CurrentSite>().Value.Self;
        var set = SetCatalog.Find(self.BackupDirectory, parsed.GetValue(SetArgument));
        Console.WriteLine(SetPins.Unpin(set.Folder) ? $"{set.Id} is no longer pinned on {self.Name}. What becomes of it: sispi-agent backup prune --dry-run" : $"{set.Id} was not pinned on {self.Name}.");
        return Task.FromResult(ExitCode.Done);
    }

    private static void Show(IReadOnlyList<Retention> plan, PruneOutcome outcome, bool isDryRun)
    {
        var removed = outcome.Removed.ToDictionary(set => set.Set);
        foreach (var entry in plan)
            Console.WriteLine($"{(entry.IsKept ? "keep   " : isDryRun ? "remove " : removed.ContainsKey(entry.Id) ? "removed" : "kept   ")} {entry.Id}: {entry.Reason}{(entry.Replacement is { } newer ? $"; replaced by {newer}" : "")}");
        foreach (var set in outcome.Removed.Where(set => plan.All(entry => entry.Id != set.Set)))
            Console.WriteLine($"removed {set.Set}: {set.Reason} (begun {Durations.Words(set.Completed!.Value - set.Intended)} before)");
        foreach (var copy in outcome.GivenUp)
            Console.WriteLine($"removed {copy}: a copy that was begun and given up");
    }
}
