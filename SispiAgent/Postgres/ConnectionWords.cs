using System.Text;

namespace SispiAgent.Postgres;

/// <summary>A libpq connection string (<c>primary_conninfo</c>): <c>key=value</c> or a URI. Pure.</summary>
internal static class ConnectionWords
{
    /// <summary>Its words. Of a URI: user, password, host, port and parameters.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri))
                ReadUri(uri, words);
            return words;
        }

        for (var at = 0; at < text.Length;)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
                break;
            var name = text[at..equals].Trim();
            at = equals + 1;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            words[name] = Value(text, ref at);
        }

        return words;
    }

    private static string Value(string text, ref int at)
    {
        var value = new StringBuilder();
        var isQuoted = at < text.Length && text[at] == '\'';
        if (isQuoted)
            at++;
        for (; at < text.Length; at++)
        {
            if (isQuoted ? text[at] == '\'' : char.IsWhiteSpace(text[at]))
                break;
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }

    private static void ReadUri(Uri uri, Dictionary<string, string> words)
    {
        words["host"] = uri.Host;
        if (uri.Port > 0)
            words["port"] = uri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            words["user"] = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            words["password"] = Uri.UnescapeDataString(user[1]);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            words[pair.Split('=')[0]] = Uri.UnescapeDataString(pair.Contains('=', StringComparison.Ordinal) ? pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..] : "");
    }
}
