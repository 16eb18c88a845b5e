using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>The mail after a backup: what, where, how long, how large, what is odd, where the copy is, what was pruned.</summary>
internal static class BackupLetter
{
    private const int MostTables = 12;

    /// <summary>Writes it.</summary>
    public static Letter Write(BackupOutcome outcome, TimeZoneInfo zone)
    {
        var manifest = outcome.Set.Manifest;
        var news = SetNews.Compare(manifest, outcome.Previous?.Manifest);
        var copied = outcome.CopyProblems.Count > 0 ? ", copy missing" : "";
        List<Block> blocks =
        [
            new Block.Paragraph($"The backup set {outcome.Set.Id} is complete and every file was read to its end. It was begun {Durations.SiteTime(manifest.Started, zone)}, took {Durations.Words(manifest.Finished - manifest.Started)} and is {ByteSize.Words(manifest.Bytes)} large."),
            new Block.Paragraph($"It lies in {outcome.Set.Folder}; RESTORE.md there says how it is restored without the agent."),
            new Block.Headline("Copies"),
            new Block.Paragraph(Copies(outcome)),
        ];
        if (news.Count > 0)
            blocks.AddRange([new Block.Headline("New or odd"), .. news.Select(line => new Block.Paragraph(line))]);
        blocks.AddRange([new Block.Headline("Files"), Files(manifest, outcome.Previous?.Manifest), .. Tables(manifest, outcome.Previous?.Manifest)]);
        blocks.AddRange([new Block.Headline("Consistency"), .. manifest.Consistency.Select(shared => new Block.Paragraph(shared.Words))]);
        blocks.AddRange([new Block.Headline("Retention"), .. Pruned(outcome)]);
        return new Letter($"backup of {manifest.Origin} done: {ByteSize.Words(manifest.Bytes)} in {Durations.Words(manifest.Finished - manifest.Started)}{copied}", blocks);
    }

    private static string Copies(BackupOutcome outcome) => outcome switch
    {
        { Copies.Count: 0 } => "No other database host has a backup directory: there is no copy.",
        { CopyProblems.Count: 0 } => $"Copied to {string.Join(", ", outcome.Copies.Select(copy => copy.Place))} and every hash checked there.",
        _ => $"NOT everywhere: {string.Join("; ", outcome.CopyProblems)}. It is tried again by itself; by hand: sispi-agent backup copy {outcome.Set.Id}",
    };

    private static IEnumerable<Block> Pruned(BackupOutcome outcome) =>
    [
        outcome.Pruned.Count == 0
            ? new Block.Paragraph("Nothing was removed.")
            : PruneLetter.Removed(outcome.Pruned),
        new Block.Paragraph(outcome.NextToGo),
    ];

    private static Block.Table Files(SetManifest now, SetManifest? before)
    {
        var old = before?.Files.ToDictionary(file => file.Name, file => file.Bytes) ?? [];
        return new Block.Table(["file", "now", "last time"],
            [.. now.Files.Where(file => file.Kind != "configuration").OrderByDescending(file => file.Bytes).Select(file => (IReadOnlyList<string>)[file.Name, ByteSize.Words(file.Bytes), old.TryGetValue(file.Name, out var bytes) ? ByteSize.Words(bytes) : "-"])],
            ["now", "last time"]);
    }

    private static IEnumerable<Block> Tables(SetManifest now, SetManifest? before)
    {
        var old = before?.Databases.SelectMany(database => database.Tables.Select(table => (Name: $"{database.Name}: {table.Schema}.{table.Name}", table))).ToDictionary(entry => entry.Name, entry => entry.table) ?? [];
        var largest = now.Databases.SelectMany(database => database.Tables.Select(table => (Name: $"{database.Name}: {table.Schema}.{table.Name}", Table: table))).OrderByDescending(entry => entry.Table.Bytes).Take(MostTables).ToArray();
        if (largest.Length == 0)
            return [];
        return
        [
            new Block.Bars("Largest tables on the server", [.. largest.Select(entry => new Bar(entry.Name, entry.Table.Bytes, ByteSize.Words(entry.Table.Bytes)))]),
            new Block.Table(["table", "rows", "rows last time", "size", "size last time"],
                [.. largest.Select(entry => (IReadOnlyList<string>)[entry.Name, Rows(entry.Table), old.TryGetValue(entry.Name, out var last) ? Rows(last) : "-", ByteSize.Words(entry.Table.Bytes), last is null ? "-" : ByteSize.Words(last.Bytes)])],
                ["rows", "rows last time", "size", "size last time"]),
        ];
    }

    private static string Rows(SetTable table) => table.Rows?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";
}
