using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>Files that are far off their usual size: the median of the last sets that have them. Pure.</summary>
internal static class FileSizes
{
    /// <summary>How many sets are looked back.</summary>
    public const int MostCompared = 8;

    /// <summary>With fewer nothing is usual.</summary>
    public const int FewestCompared = 3;

    /// <summary>Smaller differences are nobody's concern, however large they are in proportion.</summary>
    private const long FewestBytes = 1 << 20;

    /// <summary>Names them, a line each.</summary>
    /// <param name="now">The set.</param>
    /// <param name="earlier">Those before it, the newest first.</param>
    /// <param name="changed">Units whose tables have changed since: their files have every reason for another size.</param>
    public static IEnumerable<string> Odd(SetManifest now, IReadOnlyList<SetManifest> earlier, IReadOnlySet<(string Database, string Unit)> changed)
    {
        var sizes = earlier.Take(MostCompared).SelectMany(set => set.Files).Where(file => file.Kind == "dump").ToLookup(file => file.Name, file => file.Bytes);
        foreach (var file in now.Files.Where(file => file.Kind == "dump" && !changed.Contains((file.Database ?? "", file.Unit ?? ""))))
        {
            long[] before = [.. sizes[file.Name]];
            if (before.Length < FewestCompared)
                continue;
            var usual = Median(before);
            if (Math.Abs(file.Bytes - usual) >= FewestBytes && (file.Bytes > 2 * usual || file.Bytes < usual / 2))
                yield return $"{file.Name} is {ByteSize.Words(file.Bytes)}; usual is {ByteSize.Words(usual)}.";
        }
    }

    /// <summary>The median: of an even number the lower of the two in the middle.</summary>
    public static long Median(long[] values) => values.Length == 0 ? 0 : values.Order().ElementAt((values.Length - 1) / 2);
}
