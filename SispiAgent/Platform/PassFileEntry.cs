namespace SispiAgent.Platform;

/// <summary>Whether a libpq password file has a password for a connection, without ever handing it out.</summary>
internal static class PassFileEntry
{
    /// <summary>Whether one of its lines fits: <c>host:port:database:user:password</c>, each of the first four perhaps <c>*</c> (manual, "The Password File").</summary>
    public static bool Exists(IEnumerable<string> lines, string host, string port, string database, string user) => lines.Any(line =>
        line.Length > 0 && line[0] != '#' && Fields(line) is { Count: >= 5 } fields && fields[4].Length > 0
        && Fits(fields[0], host) && Fits(fields[1], port) && Fits(fields[2], database) && Fits(fields[3], user));

    private static bool Fits(string field, string value) => field == "*" || field == value;

    /// <summary>Colons and backslashes in a field have a backslash before them.</summary>
    private static List<string> Fields(string line)
    {
        List<string> fields = [""];
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == ':' && fields.Count < 5)
                fields.Add("");
            else
                fields[^1] += line[i] == '\\' && i + 1 < line.Length ? line[++i] : line[i];
        }

        return fields;
    }
}
