using System.Text;
using System.Text.RegularExpressions;

namespace SispiAgent.Restore;

/// <summary>The statements of <c>globals.sql</c>, and which of them a server that has roles already still needs. Pure.</summary>
/// <param name="Roles">Statements that make roles, their settings and memberships, in order.</param>
/// <param name="Tablespaces">Statements about tablespaces, each of them outside of a transaction.</param>
/// <param name="Kept">What is left out since the role or tablespace is there already, with its name.</param>
internal sealed partial record GlobalStatements(IReadOnlyList<string> Roles, IReadOnlyList<string> Tablespaces, IReadOnlyList<(string Name, string Statement)> Kept)
{
    /// <summary>Chooses.</summary>
    /// <param name="text">The file.</param>
    /// <param name="roles">The roles that are there, quoted as the server quotes them.</param>
    /// <param name="tablespaces">The tablespaces that are there, quoted; <see langword="null"/>: none are wanted.</param>
    public static GlobalStatements Choose(string text, IReadOnlySet<string> roles, IReadOnlySet<string>? tablespaces)
    {
        List<string> wanted = [], spaces = [];
        List<(string, string)> kept = [];
        foreach (var statement in Split(text))
        {
            if (Tablespace().Match(statement) is { Success: true } tablespace)
            {
                if (tablespaces is null)
                    continue;
                if (tablespaces.Contains(Name(tablespace)))
                    kept.Add((Name(tablespace), statement));
                else
                    spaces.Add(statement);
            }
            else if (Role().Match(statement) is { Success: true } role && roles.Contains(Name(role)))
            {
                kept.Add((Name(role), statement));
            }
            else if (Membership().Match(statement) is { Success: true } grant && roles.Contains(Name(grant)) && roles.Contains(grant.Groups["member"].Value))
            {
                kept.Add((grant.Groups["member"].Value, statement));
            }
            else
            {
                wanted.Add(statement);
            }
        }

        return new(wanted, spaces, kept);
    }

    /// <summary>How roles that were kept differ from the set's, a line a difference; never a password.</summary>
    /// <param name="kept">What was left out.</param>
    /// <param name="present">The server's own globals.</param>
    public static IReadOnlyList<string> Differences(IReadOnlyList<(string Name, string Statement)> kept, string present)
    {
        var there = Split(present).Select(WithoutGrantor).ToHashSet();
        var open = there.Select(WithoutPassword).ToHashSet();
        List<string> said = [];
        foreach (var (name, statement) in kept.Where(entry => !entry.Statement.StartsWith("CREATE ", StringComparison.Ordinal) && !there.Contains(WithoutGrantor(entry.Statement))))
            said.Add(open.Contains(WithoutPassword(WithoutGrantor(statement))) ? $"{name} is kept as it is here: its password is another one than in the set." : $"{name} is kept as it is here. The set says: {WithoutPassword(statement)}");
        return said;
    }

    /// <summary>The statements: comments and commands of psql are none of them.</summary>
    internal static IEnumerable<string> Split(string text)
    {
        var statement = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (statement.Length == 0 && (line.Trim().Length == 0 || line.StartsWith("--", StringComparison.Ordinal) || line.StartsWith('\\')))
                continue;
            statement.Append(statement.Length > 0 ? "\n" : "").Append(line.TrimEnd('\r'));
            var whole = statement.ToString();
            // inside of a name or a literal the number of its quotes is odd
            if (!whole.EndsWith(';') || whole.Count(c => c == '\'') % 2 != 0 || whole.Count(c => c == '"') % 2 != 0)
                continue;
            yield return whole;
            statement.Clear();
        }
    }

    private static string Name(Match match) => match.Groups["name"].Value;

    private static string WithoutPassword(string statement) => Password().Replace(statement, "");

    private static string WithoutGrantor(string statement) => Grantor().Replace(statement, ";");

    [GeneratedRegex("""^(CREATE ROLE|ALTER ROLE|COMMENT ON ROLE) (?<name>"(?:[^"]|"")+"|[^\s;]+)""")]
    private static partial Regex Role();

    [GeneratedRegex("""^GRANT (?<name>"(?:[^"]|"")+"|[^\s;]+) TO (?<member>"(?:[^"]|"")+"|[^\s;]+)""")]
    private static partial Regex Membership();

    [GeneratedRegex("""^(?:(?:CREATE|ALTER) TABLESPACE|COMMENT ON TABLESPACE|(?:GRANT|REVOKE) .* ON TABLESPACE) (?<name>"(?:[^"]|"")+"|[^\s;]+)""")]
    private static partial Regex Tablespace();

    [GeneratedRegex("""\s+PASSWORD '(?:[^']|'')*'""")]
    private static partial Regex Password();

    [GeneratedRegex("""\s+GRANTED BY (?:"(?:[^"]|"")+"|[^\s;]+);$""")]
    private static partial Regex Grantor();
}
