using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>A data directory's file <c>PG_VERSION</c>: <c>9.0</c>, <c>15</c>.</summary>
internal static class DataDirectoryVersion
{
    /// <summary>Reads it, written as server_version_num writes the first release: 90000, 150000.</summary>
    /// <returns><see langword="null"/> if there is none.</returns>
    public static int? Read(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, "PG_VERSION");
        return File.Exists(file) ? Parse(File.ReadAllText(file)) : null;
    }

    /// <summary>The number of a text.</summary>
    internal static int? Parse(string text)
    {
        var parts = text.Trim().Split('.');
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && int.TryParse(parts.ElementAtOrDefault(1) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? (first * 10000) + (second * 100)
            : null;
    }
}
