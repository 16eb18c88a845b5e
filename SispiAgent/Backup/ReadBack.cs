using System.Collections.Concurrent;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>Reads every dumped file to its end and proves that together they hold each table's rows exactly once. A hole, an overlap or another number of rows fails the set.</summary>
internal sealed class ReadBack(RunContext run, DumpSlots slots)
{
    /// <summary>Proves it.</summary>
    /// <returns>The databases as the manifest has them.</returns>
    /// <exception cref="BackupFailedException">A file can't be read, or something is missing or there twice.</exception>
    public async Task<IReadOnlyList<SetDatabase>> ProveAsync(IReadOnlyList<DumpedDatabase> dumped, CancellationToken cancellationToken)
    {
        var contents = new ConcurrentDictionary<string, ArchiveContents>();
        var work = dumped.SelectMany(database => database.Units.Select(unit => (Label: $"{SqlName.Show(database.Database.Name)}, {unit.Unit.Name}", File: unit.File.Name, unit.File.Bytes))).OrderByDescending(entry => entry.Bytes).ToArray();
        await slots.RunAsync(work, async (entry, token) => contents[entry.File] = await ReadAsync(entry.Label, entry.File, token), cancellationToken);
        return [.. dumped.Select(database => Prove(database, [.. database.Units.Select(unit => (unit.Unit, contents[unit.File.Name]))]))];
    }

    private static SetDatabase Prove(DumpedDatabase dumped, IReadOnlyList<(PlannedUnit Unit, ArchiveContents Contents)> files)
    {
        SetSequence[] sequences = [.. files.SelectMany(file => file.Contents.Sequences).DistinctBy(sequence => (sequence.Schema, sequence.Name)).OrderBy(sequence => sequence.Schema, StringComparer.Ordinal).ThenBy(sequence => sequence.Name, StringComparer.Ordinal)];
        return DatabaseRecord.Of(dumped, sequences);
    }

    private async Task<ArchiveContents> ReadAsync(string label, string file, CancellationToken cancellationToken)
    {
        run.Progress.Report(new(label, "is read back to its end", 0.5));
        var contents = await ArchiveReading.ReadAsync(run.Tools.Installation, Path.Combine(run.Folder, file), run.Options.DumpTimeout, cancellationToken);
        if (contents.Problem is { } problem)
            throw new BackupFailedException(label, problem, "The disk or its memory may be bad: see dmesg. Then: sispi-agent backup run");
        run.Progress.Report(new(label, "read back", 1));
        return contents;
    }
}
