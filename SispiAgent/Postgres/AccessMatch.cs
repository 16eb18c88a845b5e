using System.Net;
using System.Text.RegularExpressions;

namespace SispiAgent.Postgres;

/// <summary>Which rule decides on a connection: the first that matches (source: check_hba in hba.c). Pure; what can't be known is said.</summary>
internal static class AccessMatch
{
    /// <summary>Decides.</summary>
    public static AccessOutcome Decide(IReadOnlyList<AccessRule> rules, AccessRequest request, AccessSurroundings around)
    {
        AccessRule? unsure = null;
        foreach (var rule in rules)
        {
            switch (Matches(rule, request, around))
            {
                case true:
                    return new(rule, unsure is null || unsure.LetsIn == rule.LetsIn ? rule.LetsIn : null, unsure);
                case null:
                    unsure ??= rule;
                    break;
            }
        }

        return new(null, unsure is { LetsIn: true } ? null : false, unsure);
    }

    /// <summary>Whether a rule matches a connection; <see langword="null"/>: not known.</summary>
    public static bool? Matches(AccessRule rule, AccessRequest request, AccessSurroundings around)
    {
        var isType = rule.Type switch
        {
            "local" => request.Client is null,
            "hostssl" => request.Client is not null && request.IsEncrypted,
            "hostnossl" => request.Client is not null && !request.IsEncrypted,
            "hostgssenc" => false, // nothing here encrypts by GSSAPI
            _ => request.Client is not null,
        };
        return isType
            ? And(request.Client is { } client ? IsFrom(rule, client, around) : true, And(IsDatabase(rule.Databases, request, around), IsUser(rule.Users, request.User, around)))
            : false;
    }

    /// <summary>Whether an address is one of the rule's.</summary>
    public static bool? IsFrom(AccessRule rule, IPAddress client, AccessSurroundings around) => rule.Address switch
    {
        "all" => true,
        "samehost" => client.Equals(IPAddress.Loopback) ? true : around.OwnNetworks?.Any(own => own.Address == client.ToString()),
        "samenet" => around.OwnNetworks?.Any(own => own.Network is { } network && network.BaseAddress.AddressFamily == client.AddressFamily && network.Contains(client)),
        _ when rule.Network is { } network => network.BaseAddress.AddressFamily == client.AddressFamily && network.Contains(client),
        _ => around.IsNamed(rule.Address, client),
    };

    /// <summary>Whether a user is one of those named.</summary>
    public static bool? IsUser(IReadOnlyList<AccessName> names, string user, AccessSurroundings around) => Or(names.Select(name =>
        name.Is("all") ? true : name.Role is { } role ? around.IsMember(user, role) : IsNamed(name, user)));

    /// <summary>Whether a connection's database is one of those named.</summary>
    public static bool? IsDatabase(IReadOnlyList<AccessName> names, AccessRequest request, AccessSurroundings around) => Or(names.Select(name => name switch
    {
        _ when request.IsReplication || name.Is("replication") => request.IsReplication && name.Is("replication"),
        _ when name.Is("all") => true,
        _ when name.Is("sameuser") => request.Database == request.User,
        _ when name.Is("samerole") || name.Is("samegroup") => around.IsMember(request.User, request.Database),
        _ => (bool?)IsNamed(name, request.Database),
    }));

    private static bool IsNamed(AccessName name, string text) =>
        name.IsPattern ? Regex.IsMatch(text, name.Text[1..], RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)) : name.Text == text;

    private static bool? And(bool? one, bool? other) => one == false || other == false ? false : one is null || other is null ? null : true;

    private static bool? Or(IEnumerable<bool?> any)
    {
        bool?[] all = [.. any];
        return all.Contains(true) ? true : all.Contains(null) ? null : false;
    }
}

/// <summary>What the rules come to.</summary>
/// <param name="Rule">The rule that decides; <see langword="null"/>: none matches, and the server refuses.</param>
/// <param name="LetsIn">Whether the connection is let in to prove who it is; <see langword="null"/>: not known.</param>
/// <param name="Unsure">An earlier rule of which it can't be known whether it matches.</param>
internal sealed record AccessOutcome(AccessRule? Rule, bool? LetsIn, AccessRule? Unsure);
