using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>The short mail after sets were removed outside a backup: by hand, on a standby, or after a copy that was made up for.</summary>
internal static class PruneLetter
{
    /// <summary>Writes it.</summary>
    public static Letter Write(string node, PruneOutcome outcome, IReadOnlyList<Retention> left)
    {
        List<Block> blocks = [new Block.Paragraph($"Retention removed these sets from the disk of {node}. Other hosts keep theirs by their own rules."), .. Removed(outcome.Removed)];
        blocks.AddRange(outcome.Problems.Select(problem => new Block.Paragraph($"Not removed whole, it is tried again: {problem}")));
        if (outcome.GivenUp.Count > 0)
            blocks.Add(new Block.Paragraph($"Copies that were begun and given up, removed too: {string.Join(", ", outcome.GivenUp)}"));
        blocks.Add(new Block.Paragraph(NextToGo(left)));
        return new Letter(string.Create(CultureInfo.InvariantCulture, $"{node}: {outcome.Removed.Count} old backup set{(outcome.Removed.Count == 1 ? "" : "s")} removed, {ByteSize.Words(outcome.Removed.Sum(set => set.Bytes))} freed"), blocks);
    }

    /// <summary>What was removed, why, and what replaces it: a sentence each, which no narrow screen tears.</summary>
    public static IEnumerable<Block> Removed(IReadOnlyList<SetDeletion> removed) => removed.Select(set => new Block.Paragraph(
        $"Removed {set.Set} ({ByteSize.Words(set.Bytes)}): {set.Reason}. {(set.Replacement is { } newer ? $"Replaced by {newer}." : "")}".TrimEnd()));

    /// <summary>How many sets are kept, and why the oldest is.</summary>
    public static string NextToGo(IReadOnlyList<Retention> plan) =>
        plan.Count == 0 ? "No set is left here." : $"{plan.Count} set{(plan.Count == 1 ? " is" : "s are")} kept here. The oldest, {plan[^1].Id}: {plan[^1].Reason}.";
}
