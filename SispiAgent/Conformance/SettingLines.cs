namespace SispiAgent.Conformance;

/// <summary>Compares lines of two looks at one server, of which one saw the running server and the other its files: the same value is written otherwise. Pure.</summary>
internal static class SettingLines
{
    private const string Between = " = ";

    /// <summary>What went and what came, without what is only written differently.</summary>
    public static IReadOnlyList<string> Difference(IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        var known = before.Select(Parts).OfType<(string Name, string Value)>().DistinctBy(one => one.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(one => one.Name, StringComparer.OrdinalIgnoreCase);
        return LineDiff.Of(before, [.. now.Select(line => Parts(line) is { } one && known.TryGetValue(one.Name, out var other) && IsSame(one.Name, one.Value, other.Value) ? $"{other.Name}{Between}{other.Value}" : line)]);
    }

    /// <summary>Each may be written with its unit; without one it has the other's.</summary>
    private static bool IsSame(string name, string one, string other) => SettingRule.IsEqual(name, SettingRule.UnitOf(one) ?? SettingRule.UnitOf(other), one, other);

    private static (string Name, string Value)? Parts(string line) =>
        line.IndexOf(Between, StringComparison.Ordinal) is > 0 and var at && !line.StartsWith(SettingsText.AccessPrefix, StringComparison.Ordinal) ? (line[..at], line[(at + Between.Length)..]) : null;
}
