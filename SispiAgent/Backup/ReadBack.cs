using System.Collections.Concurrent;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>A database whose files were proven to hold it.</summary>
/// <param name="Database">For the manifest.</param>
/// <param name="Warnings">What is odd about it, and was so on the server.</param>
internal sealed record ProvenDatabase(SetDatabase Database, IReadOnlyList<string> Warnings);

/// <summary>Reads every dumped file to its end and proves that together they hold each table's rows exactly once. A hole, an overlap or another number of rows fails the set.</summary>
internal sealed class ReadBack(RunContext run, DumpSlots slots)
{
    private const int MostNamed = 10;

    /// <summary>Proves it.</summary>
    /// <returns>The databases as the manifest has them.</returns>
    /// <exception cref="BackupFailedException">A file can't be read, or something is missing or there twice.</exception>
    public async Task<IReadOnlyList<ProvenDatabase>> ProveAsync(IReadOnlyList<DumpedDatabase> dumped, CancellationToken cancellationToken)
    {
        var contents = new ConcurrentDictionary<string, DumpContents>();
        var work = dumped.SelectMany(database => database.Units.Select(unit => (Label: $"{SqlName.Show(database.Database.Name)}, {unit.Unit.Name}", File: unit.File.Name, unit.File.Bytes))).OrderByDescending(entry => entry.Bytes).ToArray();
        await slots.RunAsync(work, async (entry, token) => contents[entry.File] = await ReadAsync(entry.Label, entry.File, token), cancellationToken);
        return [.. dumped.Select(database => Prove(database, [.. database.Units.Select(unit => new ReadDump(unit.File.Name, unit.Unit.Kind, unit.File.Tables, contents[unit.File.Name]))]))];
    }

    private static ProvenDatabase Prove(DumpedDatabase dumped, IReadOnlyList<ReadDump> files)
    {
        var rows = dumped.Readings.ToDictionary(reading => reading.Key, reading => reading.Value.Rows);
        var problems = CoverageProof.Judge(dumped.Relations, rows, dumped.LargeObjects?.Rows, files);
        var name = SqlName.Show(dumped.Database.Name);
        if (problems.Count > 0)
            throw new BackupFailedException($"{name}, proof", $"The files of {name} do not hold it exactly once: {string.Join(" ", problems.Take(MostNamed))}{(problems.Count > MostNamed ? $" And {problems.Count - MostNamed} more." : "")}", "Run it again: sispi-agent backup run. If it stays, see what backup plan makes of these tables, and dump the database undivided: take it out of Backup:Databases.");
        var descending = dumped.Facts.OwnedSequences.Where(sequence => sequence.Increment < 0).Select(sequence => (sequence.Schema, sequence.Name)).ToHashSet();
        var values = SequenceValues.Merge(files.Select(file => file.Contents), descending);
        return new(DatabaseRecord.Of(dumped, values), [.. SequenceCheck.Judge(dumped.Facts.OwnedSequences, values).Select(warning => $"{name}: {warning}")]);
    }

    private async Task<DumpContents> ReadAsync(string label, string file, CancellationToken cancellationToken)
    {
        run.Progress.Report(new(label, "is read back to its end", 0.5));
        var contents = await DumpReading.ReadAsync(run.Tools.Installation, Path.Combine(run.Folder, file), run.Options.DumpTimeout, run.Options.Priority, cancellationToken);
        if (contents.Problem is { } problem)
            throw new BackupFailedException(label, problem, "The disk or its memory may be bad: see dmesg. Then: sispi-agent backup run");
        run.Progress.Report(new(label, "read back", 1));
        return contents;
    }
}
