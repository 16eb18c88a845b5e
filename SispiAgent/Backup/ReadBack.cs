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
        var work = dumped.SelectMany(database => database.Units.Select(unit => (database.Database.Name, Unit: unit))).OrderByDescending(entry => entry.Unit.File.Bytes).ToArray();
        await slots.RunAsync(work, (entry, token) => ReadAsync(entry.Name, entry.Unit, token), cancellationToken);
        return [.. dumped.Select(database => DatabaseRecord.Of(database, []))];
    }

    private async Task ReadAsync(string database, DumpedUnit unit, CancellationToken cancellationToken)
    {
        var label = $"{SqlName.Show(database)}, {unit.Unit.Name}";
        run.Progress.Report(new(label, "is read back to its end", 0.5));
        if ((await ArchiveReading.ReadAsync(run.Tools.Installation, Path.Combine(run.Folder, unit.File.Name), run.Options.DumpTimeout, cancellationToken)).Problem is { } problem)
            throw new BackupFailedException(label, problem, "The disk or its memory may be bad: see dmesg. Then: sispi-agent backup run");
        run.Progress.Report(new(label, "read back", 1));
    }
}
