using System.Globalization;

namespace SispiAgent.Restore;

/// <summary>
/// Whether a server has an extension as a set needs it. <c>CREATE EXTENSION</c> of a dump names no version, so what comes is the server's default one. An older one may lack what the
/// set's objects use, so it is told before; a newer one is what every update brings, and the comparison afterwards says so.
/// </summary>
internal static class ExtensionVersions
{
    /// <summary>What is against it; <see langword="null"/>: nothing.</summary>
    /// <param name="needed">The set's version.</param>
    /// <param name="standard">The server's default version; <see langword="null"/>: not known.</param>
    /// <param name="paths">From which version the server can update to which.</param>
    public static string? Problem(string needed, string? standard, IReadOnlyCollection<(string From, string To)> paths) =>
        standard is not null && IsOlder(standard, needed, paths) ? $"would come as the older {standard} here" : null;

    /// <summary>By their numbers where they have some, else by which becomes which.</summary>
    private static bool IsOlder(string standard, string needed, IReadOnlyCollection<(string From, string To)> paths) =>
        Numbers(standard) is { } there && Numbers(needed) is { } wanted ? Compare(there, wanted) < 0 : paths.Contains((standard, needed)) && !paths.Contains((needed, standard));

    private static int[]? Numbers(string version)
    {
        var parts = version.Split('.').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return parts.Contains(-1) ? null : parts;
    }

    private static int Compare(int[] one, int[] other)
    {
        var length = Math.Max(one.Length, other.Length);
        return Enumerable.Range(0, length).Select(i => one.ElementAtOrDefault(i).CompareTo(other.ElementAtOrDefault(i))).FirstOrDefault(order => order != 0);
    }
}
