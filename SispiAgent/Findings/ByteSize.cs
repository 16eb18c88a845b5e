using System.Globalization;

namespace SispiAgent.Findings;

/// <summary>Sizes as people read them: powers of 1024, as PostgreSQL prints them.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>A size in the unit that leaves one to four digits: <c>312 MB</c>, <c>1.3 GB</c>.</summary>
    public static string Words(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; Math.Abs(size) >= 1024 && unit < Units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || Math.Abs(size) >= 10 ? Math.Round(size) : Math.Round(size, 1))} {Units[unit]}");
    }
}
