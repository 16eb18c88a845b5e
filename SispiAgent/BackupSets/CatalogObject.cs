using System.Security.Cryptography;
using System.Text;

namespace SispiAgent.BackupSets;

/// <summary>One object of a database, so that it can be recognized after dump and restore.</summary>
/// <param name="Kind">What it is: <c>table</c>, <c>columns</c>, <c>function</c>.</param>
/// <param name="Identity">Its name as SQL takes it, with its schema and, for a function, its arguments.</param>
/// <param name="Facts">The hash of what the catalog says of it. Another one after a restore is a fault.</param>
/// <param name="Text">The hash of how the server writes its definition; empty where it writes none. It may change once by a restore: the server writes some expressions in other words than it read.</param>
internal sealed record CatalogObject(string Kind, string Identity, string Facts, string Text)
{
    /// <summary>A short hash of a definition.</summary>
    public static string Hash(string? definition) => definition is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)).AsSpan(0, 12));

    /// <summary>Its line: four fields with tabs between.</summary>
    public override string ToString() => $"{Kind}\t{Escape(Identity)}\t{Facts}\t{Text}";

    /// <summary>A line's object.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CatalogObject Parse(string line) => line.Split('\t') is [var kind, var identity, var facts, var text]
        ? new(kind, Unescape(identity), facts, text)
        : throw new FormatException("A line of the objects has not four fields.");

    private static string Escape(string name) => name.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\t", @"\t", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal).Replace("\r", @"\r", StringComparison.Ordinal);

    private static string Unescape(string name)
    {
        if (!name.Contains('\\', StringComparison.Ordinal))
            return name;
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
            text.Append(name[i] != '\\' || i + 1 == name.Length ? name[i] : name[++i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', var other => other });
        return text.ToString();
    }
}
