using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>Sizes as bars, now and last time: of the files, and of the largest tables on the server.</summary>
internal static class SizeBlocks
{
    private const int MostFiles = 15, MostTables = 12;

    /// <summary>The largest dumps, and the rest in one line.</summary>
    public static IEnumerable<Block> Files(SetManifest now, SetManifest? before)
    {
        var old = before?.Files.ToDictionary(file => file.Name, file => file.Bytes) ?? [];
        var shown = now.Files.Where(file => file.Kind == "dump").OrderByDescending(file => file.Bytes).ThenBy(file => file.Name, StringComparer.Ordinal).Take(MostFiles).ToArray();
        yield return new Block.Bars("Dump files", [.. shown.Select(file => Bar(file.Name, file.Bytes, old.TryGetValue(file.Name, out var last) ? last : null, before is not null, ""))]);
        if (now.Files.Except(shown).ToArray() is { Length: > 0 } others)
            yield return new Block.Paragraph($"And {others.Length} other file{(others.Length == 1 ? "" : "s")}, {ByteSize.Words(others.Sum(file => file.Bytes))} together: {string.Join(", ", others.Select(file => file.Kind).Distinct())}.");
    }

    /// <summary>The largest tables, with their rows.</summary>
    public static IEnumerable<Block> Tables(SetManifest now, SetManifest? before)
    {
        var old = All(before).ToDictionary(entry => entry.Name, entry => entry.Table);
        var largest = All(now).OrderByDescending(entry => entry.Table.Bytes).Take(MostTables).ToArray();
        if (largest.Length > 0)
            yield return new Block.Bars("Largest tables on the server", [.. largest.Select(entry => Bar(entry.Name, entry.Table.Bytes, old.GetValueOrDefault(entry.Name)?.Bytes, before is not null, Rows(entry.Table, old.GetValueOrDefault(entry.Name))))]);
    }

    private static IEnumerable<(string Name, SetTable Table)> All(SetManifest? manifest) =>
        manifest?.Databases.SelectMany(database => database.Tables.Select(table => ($"{SqlName.Show(database.Name)}: {SqlName.Show(table.Schema, table.Name)}", table))) ?? [];

    private static Bar Bar(string name, long now, long? last, bool wasThere, string more) => new(name, now, $"{ByteSize.Words(now)}{(last is { } bytes ? $", last time {ByteSize.Words(bytes)}" : wasThere ? ", new" : "")}{more}") { Before = last };

    private static string Rows(SetTable now, SetTable? last) => now.Rows is not { } rows ? "" : last?.Rows is { } had && had != rows
        ? string.Create(CultureInfo.InvariantCulture, $"; {rows:N0} rows ({(rows > had ? "+" : "-")}{Math.Abs(rows - had):N0})")
        : string.Create(CultureInfo.InvariantCulture, $"; {rows:N0} rows");
}
