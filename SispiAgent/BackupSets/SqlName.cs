using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SispiAgent.BackupSets;

/// <summary>Names in SQL.</summary>
internal static partial class SqlName
{
    /// <summary>A name as it is taken literally, whatever is in it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text as a literal, whatever is in it and however the server takes a backslash.</summary>
    public static string Literal(string text) => $"{(text.Contains('\\', StringComparison.Ordinal) ? "E" : "")}'{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A table's name for people: in quotes only where SQL needs them, on one line whatever is in it, and no two names alike.</summary>
    public static string Show(string schema, string name) => $"{Show(schema)}.{Show(name)}";

    /// <summary>A name for people: in quotes only where SQL needs them, on one line whatever is in it, and no two names alike.</summary>
    public static string Show(string name)
    {
        if (Plain().IsMatch(name))
            return name;
        var shown = new StringBuilder();
        foreach (var c in Quote(name).Replace("\\", @"\\", StringComparison.Ordinal))
            shown.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:X4}") : c.ToString());
        return shown.ToString();
    }

    [GeneratedRegex(@"\A[a-z_][a-z0-9_$]*\z")]
    private static partial Regex Plain();
}
