using System.Text;

namespace SispiAgent.Postgres;

/// <summary>
/// What <c>postgresql.conf</c>, the files it includes and <c>postgresql.auto.conf</c> give, for a server that answers no SQL. The last
/// value of a name wins, names know no case (manual, "Setting Parameters").
/// </summary>
internal static class SettingsFile
{
    /// <summary>What <c>ALTER SYSTEM</c> writes, from 9.4 on.</summary>
    public const string ChangedBySql = "postgresql.auto.conf";

    private const int DeepestInclude = 10;

    /// <summary>Reads the configuration of a data directory.</summary>
    /// <param name="configurationFile"><c>postgresql.conf</c>; its <c>include</c>s are relative to its folder.</param>
    /// <param name="dataDirectory">Where <c>postgresql.auto.conf</c> lies (9.4 and later).</param>
    /// <exception cref="IOException">A file that is demanded can't be read.</exception>
    public static IReadOnlyDictionary<string, string> Read(string configurationFile, string dataDirectory) =>
        ReadEntries(configurationFile, dataDirectory).ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>The same with the places: the line that counts is the last one of a name.</summary>
    /// <param name="configurationFile"><c>postgresql.conf</c>.</param>
    /// <param name="dataDirectory">Where <c>postgresql.auto.conf</c> lies; <see langword="null"/>: without what SQL has changed.</param>
    public static IReadOnlyDictionary<string, SettingEntry> ReadEntries(string configurationFile, string? dataDirectory)
    {
        var values = new Dictionary<string, SettingEntry>(StringComparer.OrdinalIgnoreCase);
        ReadFile(configurationFile, values, depth: 0);
        if (dataDirectory is not null && Path.Combine(dataDirectory, ChangedBySql) is var changed && File.Exists(changed))
            ReadFile(changed, values, depth: 0);
        return values;
    }

    /// <summary>Reads one file of lines like these, without includes: <c>recovery.conf</c>.</summary>
    public static IReadOnlyDictionary<string, SettingEntry> ReadLines(string file)
    {
        var values = new Dictionary<string, SettingEntry>(StringComparer.OrdinalIgnoreCase);
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (ParseLine(line) is { } entry)
                values[entry.Name] = new(entry.Value, file, number);
        }

        return values;
    }

    /// <summary>Takes one line apart: <c>name = 'value' # remark</c>, the equals sign optional. <see langword="null"/> for a line that sets nothing.</summary>
    internal static (string Name, string Value)? ParseLine(string line)
    {
        var text = line.TrimStart();
        var length = text.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.').Count();
        if (length == 0)
            return null;
        var rest = text[length..].TrimStart();
        if (rest.StartsWith('='))
            rest = rest[1..].TrimStart();
        return (text[..length], rest.StartsWith('\'') ? Unquote(rest) : rest.Split('#')[0].Trim());
    }

    private static void ReadFile(string file, Dictionary<string, SettingEntry> values, int depth)
    {
        if (depth > DeepestInclude)
            throw new IOException($"{file} is included more than {DeepestInclude} files deep.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (ParseLine(line) is not var (name, value))
                continue;
            switch (name.ToLowerInvariant())
            {
                case "include":
                    ReadFile(Path.Combine(folder, value), values, depth + 1);
                    break;
                case "include_if_exists" when File.Exists(Path.Combine(folder, value)):
                    ReadFile(Path.Combine(folder, value), values, depth + 1);
                    break;
                case "include_if_exists":
                    break;
                case "include_dir":
                    foreach (var included in Directory.EnumerateFiles(Path.Combine(folder, value), "*.conf").Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal))
                        ReadFile(included, values, depth + 1);
                    break;
                default:
                    values[name] = new(value, file, number);
                    break;
            }
        }
    }

    private static string Unquote(string text)
    {
        var value = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\'' && (i + 1 >= text.Length || text[i + 1] != '\''))
                break;
            if (text[i] is '\'' or '\\' && i + 1 < text.Length)
                i++;
            value.Append(text[i]);
        }

        return value.ToString();
    }
}

/// <summary>A setting as a file has it.</summary>
/// <param name="Value">The value, without its quotes.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line's number there.</param>
internal sealed record SettingEntry(string Value, string File, int Line);
