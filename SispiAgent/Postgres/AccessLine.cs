using System.Text.RegularExpressions;

namespace SispiAgent.Postgres;

/// <summary>Makes a rule of a line's fields, or says why the server would not (source: parse_hba_line in hba.c). Pure.</summary>
internal static class AccessLine
{
    /// <summary>The methods, and from which version on; ident and krb5 are older than anything here.</summary>
    private static readonly Dictionary<string, int> Methods = new(StringComparer.Ordinal)
    {
        ["trust"] = 0, ["reject"] = 0, ["md5"] = 0, ["password"] = 0, ["gss"] = 0, ["sspi"] = 0, ["ident"] = 0, ["krb5"] = 0, ["ldap"] = 0, ["radius"] = 0, ["cert"] = 0, ["pam"] = 0,
        ["peer"] = 90100, ["bsd"] = 90600, ["scram-sha-256"] = 100000, ["oauth"] = 180000,
    };

    private static readonly string[] Types = ["local", "host", "hostssl", "hostnossl"];

    /// <summary>Adds the rule of a line.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> if it was added.</returns>
    public static string? Parse(string file, int line, IReadOnlyList<IReadOnlyList<AccessName>> fields, int version, List<AccessRule> rules)
    {
        var type = fields[0][0].Text;
        if (!Types.Contains(type) && !(version >= 120000 && type is "hostgssenc" or "hostnogssenc"))
            return $"\"{type}\" is no connection type of this version";
        var isLocal = type == "local";
        if (fields.Count < (isLocal ? 4 : 5))
            return "it ends too early";
        if (fields.Skip(3).Take(isLocal ? 1 : 2).Any(field => field.Count > 1))
            return "address and method are one value each";
        if (version >= 160000 && fields[1].Concat(fields[2]).FirstOrDefault(name => name.Text.Length > 1 && name.Text[0] == '/' && !IsPattern(name)) is { } broken)
            return $"{broken} is no regular expression";

        // an address may stand alone, with /length, or with its mask in the next field
        var address = isLocal ? "" : fields[3][0].Text;
        var hasMask = !isLocal && !address.Contains('/', StringComparison.Ordinal) && System.Net.IPAddress.TryParse(address, out _);
        var mask = hasMask ? fields[4][0].Text : "";
        var method = isLocal ? 3 : hasMask ? 5 : 4;
        if (!isLocal && AccessAddress.Problem(address, mask, version) is { } problem)
            return problem;
        if (fields.Count <= method)
            return "it names no method";
        var name = fields[method][0].Text;
        if (!Methods.TryGetValue(name, out var since) || version < since || (name == "krb5" && version >= 90400))
            return $"\"{name}\" is no method of this version";
        if (fields.Skip(method + 1).SelectMany(field => field).Any(option => !option.Text.Contains('=', StringComparison.Ordinal)))
            return "what follows the method is not written as name=value; a value with blanks or commas needs quotes";
        rules.Add(new(file, line, type, Names(fields[1], version), Names(fields[2], version), address, mask, name, [.. fields.Skip(method + 1).Select(field => string.Join(',', field.Select(part => part.Text)))]));
        return null;
    }

    /// <summary>Before 16 a slash begins a name like any other.</summary>
    private static IReadOnlyList<AccessName> Names(IReadOnlyList<AccessName> names, int version) => version >= 160000 ? [.. names.Select(name => name with { IsPattern = name.Text.Length > 1 && name.Text[0] == '/' })] : names;

    private static bool IsPattern(AccessName name)
    {
        try
        {
            _ = new Regex(name.Text[1..], RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
