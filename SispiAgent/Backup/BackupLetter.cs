using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>The mail after a backup: what is odd first, then what, where, how long, how large, where the copies are, what was pruned.</summary>
internal static class BackupLetter
{
    /// <summary>Writes it.</summary>
    public static Letter Write(BackupOutcome outcome, TimeZoneInfo zone)
    {
        var manifest = outcome.Set.Manifest;
        IReadOnlyList<SetManifest> earlier = [.. outcome.Earlier.Select(set => set.Manifest)];
        var news = SetNews.Of(manifest, earlier);
        var missing = outcome.CopyProblems.Count > 0;
        var took = Durations.Words(manifest.Finished - manifest.Started);
        List<Block> blocks = [];
        if (news.Odd.Count > 0)
            blocks.AddRange([new Block.Headline(news.Odd.Count == 1 ? "One thing is odd" : $"{news.Odd.Count} things are odd", Tone.Warning), .. news.Odd.Select(line => new Block.Paragraph(line))]);
        blocks.AddRange(
        [
            new Block.Headline($"Backup set {outcome.Set.Id}", Tone.Good),
            new Block.Paragraph($"It is complete: every file was read to its end and holds what the snapshot held. Begun {Durations.SiteTime(manifest.Started, zone)}, done in {took}, {ByteSize.Words(manifest.Bytes)} in {manifest.Files.Count + 2} files{Last(outcome.Previous?.Manifest)}."),
            new Block.Paragraph($"It lies in {outcome.Set.Folder} on {manifest.Origin}; RESTORE.md there says how it is restored without the agent."),
            new Block.Headline("Copies", missing ? Tone.Warning : Tone.Plain), .. Copies(outcome),
            new Block.Paragraph(outcome.LastDrill is { } drill ? $"The last restore drill passed {Durations.SiteTime(drill.At, zone)}, with {drill.Set}." : "No restore drill has passed yet, as far as this host knows."),
        ]);
        if (news.New.Count > 0)
            blocks.AddRange([new Block.Headline("New"), .. news.New.Select(line => new Block.Paragraph(line))]);
        blocks.AddRange([new Block.Headline("Sizes"), .. SizeBlocks.Files(manifest, outcome.Previous?.Manifest), .. SizeBlocks.Tables(manifest, outcome.Previous?.Manifest)]);
        blocks.AddRange([new Block.Headline("Consistency"), .. manifest.Consistency.Select(shared => new Block.Paragraph(shared.Words))]);
        blocks.AddRange([new Block.Headline("Retention"), .. Pruned(outcome)]);
        if (manifest.Remarks.Count > 0 && earlier.Count > 0)
            blocks.AddRange([new Block.Headline("Remarks"), .. manifest.Remarks.Select(line => new Block.Paragraph(line))]);
        var odd = news.Odd.Count switch { 0 => "", 1 => ", 1 thing odd", var count => string.Create(CultureInfo.InvariantCulture, $", {count} things odd") };
        return new Letter($"backup of {manifest.Origin} done{odd}{(missing ? ", copy missing" : "")}: {ByteSize.Words(manifest.Bytes)} in {took}", blocks);
    }

    private static string Last(SetManifest? before) => before is null ? "" : $"; last time {Durations.Words(before.Finished - before.Started)} and {ByteSize.Words(before.Bytes)}";

    private static IEnumerable<Block> Copies(BackupOutcome outcome)
    {
        if (outcome.Copies.Count == 0)
            yield return new Block.Paragraph("No other database host has a backup directory, and no destination is named: there is NO copy.");
        foreach (var copy in outcome.Copies)
            yield return new Block.Paragraph(copy.Problem is null ? $"{copy.Place}: proven there, in {copy.Where}." : $"{copy.Place}: MISSING. {copy.Problem}");
        if (outcome.CopyProblems.Count > 0)
            yield return new Block.Paragraph($"It is tried again by itself, and goes on where it stopped. By hand: sispi-agent backup copy {outcome.Set.Id}");
    }

    private static IEnumerable<Block> Pruned(BackupOutcome outcome) =>
    [
        .. outcome.Pruned.Count == 0 ? [new Block.Paragraph("Nothing was removed.")] : PruneLetter.Removed(outcome.Pruned),
        new Block.Paragraph(outcome.NextToGo),
    ];
}
