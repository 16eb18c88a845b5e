using System.Text;

namespace SispiAgent.Postgres;

/// <summary>Takes a line of <c>pg_hba.conf</c> apart as the server does (source: next_token and next_field_expand in hba.c).</summary>
internal static class AccessTokens
{
    /// <summary>The fields of a line, each a list of names.</summary>
    public static IReadOnlyList<IReadOnlyList<AccessName>> Fields(string line)
    {
        List<IReadOnlyList<AccessName>> fields = [];
        var at = 0;
        while (true)
        {
            List<AccessName> names = [];
            bool goesOn;
            do
            {
                if (Next(line, ref at, out goesOn) is not { } name)
                    break;
                names.Add(name);
            }
            while (goesOn);
            if (names.Count == 0)
                return fields;
            fields.Add(names);
        }
    }

    /// <summary>The next name; blanks and commas before it are skipped, a comma after it says that the field goes on.</summary>
    private static AccessName? Next(string line, ref int at, out bool goesOn)
    {
        goesOn = false;
        while (at < line.Length && (IsBlank(line[at]) || line[at] == ','))
            at++;
        if (at >= line.Length || line[at] == '#')
            return null;

        var isQuoted = line[at] == '"';
        var (inQuotes, wasQuote) = (false, false);
        var text = new StringBuilder();
        for (; at < line.Length; at++)
        {
            var c = line[at];
            if (!inQuotes && IsBlank(c))
                break;
            if (!inQuotes && c == ',')
            {
                goesOn = true;
                at++;
                break;
            }

            if (!inQuotes && c == '#')
            {
                at = line.Length; // a remark to the end of the line
                break;
            }

            if (c != '"' || wasQuote)
                text.Append(c);
            wasQuote = inQuotes && c == '"' && !wasQuote; // two quotes within quotes are one
            if (c == '"')
                inQuotes = !inQuotes;
        }

        return new(text.ToString(), isQuoted);
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r';
}
