using System.Globalization;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>What real servers of each version printed, in Recorded/VERSION/FILE.</summary>
internal static class Recorded
{
    private static string Root => Path.Combine(TestContext.CurrentContext.TestDirectory, "Recorded");

    public static string[] Versions(string file) =>
        [.. Directory.EnumerateDirectories(Path.Combine(AppContext.BaseDirectory, "Recorded")).Where(folder => File.Exists(Path.Combine(folder, file))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public static string Text(string version, string file) => File.ReadAllText(Path.Combine(Root, version, file));

    public static string[] Lines(string version, string file) => File.ReadAllLines(Path.Combine(Root, version, file));

    /// <summary>A table with its column names in the first line.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Table(string version, string file)
    {
        var lines = Lines(version, file);
        var columns = lines[0].Split('\t');
        return [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => columns.Zip(line.Split('\t')).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    /// <summary>A process list: id, parent, state, title with NULs.</summary>
    public static IReadOnlyList<ProcessEntry> Processes(string version, string file) =>
    [
        .. Lines(version, file).Where(line => line.Length > 0).Select(line => line.Split('\t', 4))
            .Select(parts => new ProcessEntry(Whole(parts[0]), Whole(parts[1]), parts[2][0], parts[3].Replace("\\0", "\0", StringComparison.Ordinal))),
    ];

    /// <summary>The number that server_version_num has, for comparing: 9.6 is 90600, 15 is 150000.</summary>
    public static int Number(string version)
    {
        int[] parts = [.. version.Split('.').Select(Whole)];
        return parts.Length == 1 ? parts[0] * 10000 : (parts[0] * 10000) + (parts[1] * 100);
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
