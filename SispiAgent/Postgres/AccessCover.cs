namespace SispiAgent.Postgres;

/// <summary>Whether one rule of <c>pg_hba.conf</c> takes all, or some, of what another is about. Pure.</summary>
internal static class AccessCover
{
    /// <summary>Whether every connection that the second matches is matched by the first. When in doubt it is not.</summary>
    public static bool Covers(AccessRule rule, AccessRule other, AccessSurroundings around) =>
        CoversType(rule.Type, other.Type) && CoversAddress(rule, other, around)
        && other.Databases.All(name => CoversDatabase(rule.Databases, name, other.Users, around))
        && other.Users.All(name => CoversUser(rule.Users, name, around));

    /// <summary>Whether some connections may be matched by both. When in doubt they are.</summary>
    public static bool Overlaps(AccessRule rule, AccessRule other, AccessSurroundings around) =>
        (rule.Type == "local") == (other.Type == "local") && OverlapsAddress(rule, other, around)
        && rule.Databases.Any(one => other.Databases.Any(name => OverlapsName(one, name, isDatabase: true)))
        && rule.Users.Any(one => other.Users.Any(name => OverlapsName(one, name, isDatabase: false)));

    private static bool CoversType(string type, string other) => type == other || (type, other) switch
    {
        ("host", not "local") => true,
        ("hostnogssenc", "hostssl" or "hostnossl") => true, // GSSAPI encryption is neither
        _ => false,
    };

    private static bool CoversAddress(AccessRule rule, AccessRule other, AccessSurroundings around)
    {
        if (!rule.IsHost || rule.Address == "all" || (rule.Address == other.Address && rule.Mask == other.Mask))
            return true;
        if (other.Network is not { } inner)
            return false;
        return rule.Network is { } outer
            ? AccessAddress.Contains(outer, inner)
            : inner.PrefixLength == inner.BaseAddress.GetAddressBytes().Length * 8 && AccessMatch.IsFrom(rule, inner.BaseAddress, around) == true;
    }

    private static bool CoversDatabase(IReadOnlyList<AccessName> names, AccessName wanted, IReadOnlyList<AccessName> users, AccessSurroundings around)
    {
        if (wanted.Is("replication"))
            return names.Any(name => name.Is("replication"));
        if (names.Any(name => name.Is("all")) || names.Contains(wanted))
            return true;
        if (wanted.IsPattern || wanted.Is("all") || wanted.Is("sameuser") || wanted.Is("samerole") || wanted.Is("samegroup"))
            return false;
        return users.All(user => !user.Is("all") && user is { Role: null, IsPattern: false } && AccessMatch.IsDatabase(names, new(null, wanted.Text, user.Text), around) == true)
            || names.Any(name => name is { IsPattern: false } && name.Text == wanted.Text && !name.Is("sameuser") && !name.Is("samerole"));
    }

    private static bool CoversUser(IReadOnlyList<AccessName> names, AccessName wanted, AccessSurroundings around) =>
        names.Any(name => name.Is("all")) || names.Contains(wanted)
        || (!wanted.Is("all") && wanted is { Role: null, IsPattern: false } && AccessMatch.IsUser(names, wanted.Text, around) == true);

    private static bool OverlapsAddress(AccessRule rule, AccessRule other, AccessSurroundings around) => (rule.Network, other.Network) switch
    {
        ({ } one, { } two) => AccessAddress.Contains(one, two) || AccessAddress.Contains(two, one),
        _ when !rule.IsHost || rule.Address == "all" || other.Address == "all" => true,
        (null, { } two) when two.PrefixLength == two.BaseAddress.GetAddressBytes().Length * 8 => AccessMatch.IsFrom(rule, two.BaseAddress, around) != false,
        _ => true,
    };

    private static bool OverlapsName(AccessName one, AccessName other, bool isDatabase)
    {
        if (isDatabase && (one.Is("replication") || other.Is("replication")))
            return one.Is("replication") && other.Is("replication");
        return one.Is("all") || other.Is("all") || one.IsPattern || other.IsPattern || one.Role is not null || other.Role is not null
            || one.Is("sameuser") || one.Is("samerole") || one.Text == other.Text;
    }
}
