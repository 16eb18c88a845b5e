using System.Globalization;

namespace SispiAgent.Conformance;

/// <summary>Whether a setting has the value that it should have, across versions, units and ways of writing. Pure.</summary>
internal static class SettingRule
{
    /// <summary>The size of one WAL segment as initdb makes it (11+: may differ; <c>wal_keep_size</c> is then only near).</summary>
    private const int SegmentMegabytes = 16;

    /// <summary>Bytes and milliseconds of the units that postgresql.conf knows (manual, "Parameter Names and Values").</summary>
    private static readonly Dictionary<string, double> Units = new(StringComparer.Ordinal)
    {
        ["B"] = 1, ["kB"] = 1 << 10, ["8kB"] = 8 << 10, ["16kB"] = 16 << 10, ["MB"] = 1 << 20, ["16MB"] = 16 << 20, ["GB"] = 1 << 30, ["TB"] = 1L << 40,
        ["us"] = 0.001, ["ms"] = 1, ["s"] = 1000, ["min"] = 60_000, ["h"] = 3_600_000, ["d"] = 86_400_000,
    };

    /// <summary>The units of settings that the guide names, for a server whose <c>pg_settings</c> can't be asked.</summary>
    private static readonly Dictionary<string, string> KnownUnits = new(StringComparer.OrdinalIgnoreCase) { ["log_rotation_age"] = "min", ["wal_keep_size"] = "MB" };

    private static readonly string[] Lists = ["search_path", "listen_addresses"];

    /// <summary>How the guide's setting is called and valued on a version.</summary>
    /// <param name="name">The guide's name.</param>
    /// <param name="value">The guide's value.</param>
    /// <param name="version">The server's version as <c>server_version_num</c> has it.</param>
    public static (string Name, string Value) ForVersion(string name, string value, int version) => name.ToLowerInvariant() switch
    {
        // one value for both since 9.6 (release notes); the old names are still read
        "wal_level" when version >= 90600 && value is "hot_standby" or "archive" => (name, "replica"),
        // replaced in 13 (release notes)
        "wal_keep_segments" when version >= 130000 && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var segments) =>
            ("wal_keep_size", string.Create(CultureInfo.InvariantCulture, $"{segments * SegmentMegabytes}MB")),
        _ => (name, value),
    };

    /// <summary>Whether two ways of writing a value mean the same.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="unit">Its unit in <c>pg_settings</c>, if known.</param>
    /// <param name="actual">What the server has.</param>
    /// <param name="wanted">What it should have.</param>
    public static bool IsEqual(string name, string? unit, string actual, string wanted)
    {
        if (Lists.Contains(name, StringComparer.OrdinalIgnoreCase))
            return Items(actual).SequenceEqual(Items(wanted), StringComparer.Ordinal);
        if (name.Equals("wal_level", StringComparison.OrdinalIgnoreCase) && wanted == "replica" && actual is "hot_standby" or "archive")
            return true; // the old names, in a file of 9.6 or later
        if (name.Equals("timezone", StringComparison.OrdinalIgnoreCase))
            return Zone(actual).Equals(Zone(wanted), StringComparison.OrdinalIgnoreCase);
        if (Number(actual, unit ?? KnownUnits.GetValueOrDefault(name)) is { } one && Number(wanted, unit ?? KnownUnits.GetValueOrDefault(name)) is { } other)
            return one.Equals(other);
        return Boolean(actual) is { } first && Boolean(wanted) is { } second
            ? first == second
            : actual.Trim().Equals(wanted.Trim(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The unit that a number is written with; <see langword="null"/> if it has none, or is no number.</summary>
    public static string? UnitOf(string value)
    {
        var trimmed = value.Trim();
        var digits = Digits(trimmed);
        return digits > 0 && trimmed[digits..].Trim() is var suffix && Units.ContainsKey(suffix) ? suffix : null;
    }

    private static IEnumerable<string> Items(string list) => list.Split(',').Select(item => item.Trim().Trim('"'));

    /// <summary>The zones of <c>Etc</c> have their short names besides; initdb writes the one that the host has.</summary>
    private static string Zone(string name) => name.Trim() is var zone && zone.StartsWith("Etc/", StringComparison.OrdinalIgnoreCase) ? zone[4..] : zone;

    private static int Digits(string text) => text.TakeWhile(c => char.IsAsciiDigit(c) || c is '.' or '-').Count();

    private static double? Number(string text, string? unit)
    {
        var trimmed = text.Trim();
        var digits = Digits(trimmed);
        if (digits == 0 || !double.TryParse(trimmed[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return null;
        var suffix = trimmed[digits..].Trim();
        if (suffix.Length == 0)
            return unit is null ? number : number * Units.GetValueOrDefault(unit, 1);
        return Units.TryGetValue(suffix, out var factor) ? number * factor : null;
    }

    private static bool? Boolean(string text) => text.Trim().ToLowerInvariant() switch
    {
        "on" or "true" or "yes" or "1" => true,
        "off" or "false" or "no" or "0" => false,
        _ => null,
    };
}
