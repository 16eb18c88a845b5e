using System.Text;
using System.Text.RegularExpressions;

namespace SispiAgent.BackupSets;

/// <summary>
/// A pattern for tables as psql and pg_dump have them (manual of psql, "Patterns"): <c>*</c> and <c>?</c>, regular expressions, lower case
/// unless in double quotes, and everything literal there. Both parts have to be given: <c>telemetry.monsoon*</c>.
/// </summary>
internal sealed class TablePattern
{
    private const string Special = "|*+?()[]{}.^\\";
    private readonly Regex _schema;
    private readonly Regex _table;

    private TablePattern(string text, Regex schema, Regex table)
    {
        Text = text;
        _schema = schema;
        _table = table;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static TablePattern Parse(string text)
    {
        var parts = Split(text);
        if (parts.Count != 2 || parts.Any(part => part.Length == 0))
            throw new FormatException("a pattern names schema and table, schema.table, and puts a name that holds a dot into double quotes");
        return new TablePattern(text, Compile(parts[0]), Compile(parts[1]));
    }

    /// <summary>Whether it names a table.</summary>
    public bool Matches(string schema, string table) => _schema.IsMatch(schema) && _table.IsMatch(table);

    private static Regex Compile(string expression)
    {
        try
        {
            return new Regex($@"\A(?:{expression})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"is no regular expression that can be used here: {e.Message}", e);
        }
    }

    private static List<string> Split(string text)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && isQuoted && i + 1 < text.Length && text[i + 1] == '"')
                part.Append(text[++i]);
            else if (c == '"')
                isQuoted = !isQuoted;
            else if (c == '.' && !isQuoted)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
                part.Append(Translate(c, isQuoted, i + 1 < text.Length ? text[i + 1] : '\0'));
        }

        if (isQuoted)
            throw new FormatException("a double quote is not closed");
        return [.. parts, part.ToString()];
    }

    private static string Translate(char c, bool isQuoted, char next) => c switch
    {
        '*' when !isQuoted => ".*",
        '?' when !isQuoted => ".",
        '$' => @"\$",
        _ when isQuoted => Special.Contains(c, StringComparison.Ordinal) ? $@"\{c}" : c.ToString(),
        '[' when next == ']' => @"\[",
        _ => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c).ToString() : c.ToString(),
    };
}
