using SispiAgent.BackupSets;
using SispiAgent.Platform;

namespace SispiAgent.Backup;

/// <summary>Tells how far a dump is, by the size that its file had last time, or else by a guess: dumps are about a third of their tables.</summary>
internal static class FileGrowth
{
    private const double Ceiling = 0.99;

    /// <summary>Begins to watch; disposing ends it.</summary>
    public static RepeatedLook Watch(RunContext run, PlannedUnit unit, string label, TimeProvider time)
    {
        var file = new FileInfo(Path.Combine(run.Folder, unit.File));
        var last = run.Last?.Manifest.Files.FirstOrDefault(one => one.Name == unit.File)?.Bytes;
        return new(() =>
        {
            file.Refresh();
            if (file.Exists)
                run.Progress.Report(new(label, "dumps", Fraction(file.Length, last, unit.Bytes)));
        }, time);
    }

    /// <summary>How much is done.</summary>
    /// <param name="written">The size of the file.</param>
    /// <param name="last">The size that it had last time.</param>
    /// <param name="tables">The size of its tables on the server.</param>
    public static double Fraction(long written, long? last, long tables) => Math.Min(Ceiling, (double)written / Math.Max(1, last ?? tables / 3));
}
