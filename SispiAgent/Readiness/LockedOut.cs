using System.Globalization;
using System.Net;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Readiness;

/// <summary>Plays the clients that were seen on the primary against the survivor's <c>pg_hba.conf</c>. Pure.</summary>
internal static class LockedOut
{
    /// <summary>Clients of the primary would be refused after a failover.</summary>
    public static readonly FindingCode Clients = new("readiness.clients");

    private const int ListedAtMost = 20;
    private const int AnyVersion = 990000;

    /// <summary>Judges everybody who was seen. Whoever is locked out for want of one of the guide's lines is an item of its own: another probe tells it.</summary>
    /// <param name="survivor">The host that lives on.</param>
    /// <param name="primary">The host whose clients they are.</param>
    /// <param name="wanted">The guide's lines.</param>
    /// <param name="around">What the survivor's pg_hba.conf leads to.</param>
    public static IReadOnlyList<ReadinessItem> Judge(Inspection survivor, Inspection primary, IReadOnlyList<WantedAccess> wanted, AccessSurroundings around)
    {
        if (survivor.Settings.Access is not { } file)
            return [new("clients", false, $"{survivor.Node}'s pg_hba.conf can't be read") { Code = Clients, Remedy = ["Let the agent's user read it."] }];
        var known = around with { IsMember = Membership(primary.Members, primary.Settings.IsRunning), OwnNetworks = survivor.Networks };
        var canEncrypt = survivor.Settings["ssl"] is "on";
        Seen[] all =
        [
            .. primary.Clients.Where(client => !survivor.Networks.Any(own => own.Address == client.Address && !IPAddress.IsLoopback(IPAddress.Parse(client.Address))))
                .Select(client => new Seen(client, Decide(file.Rules, client, canEncrypt, known), wanted.FirstOrDefault(one => Decide([one.Rule], client, canEncrypt, known).LetsIn == true))),
        ];
        Seen[] own = [.. all.Where(one => one.Outcome.LetsIn == false && one.Guides is null)];
        Seen[] guides = [.. all.Where(one => one.Outcome.LetsIn == false && one.Guides is not null)];
        string[] unsure = [.. all.Where(one => one.Outcome.LetsIn is null).Take(ListedAtMost).Select(one => $"{Words(one.Client)}: it can't be told whether line {one.Outcome.Unsure!.Line.ToString(CultureInfo.InvariantCulture)} is about it: {one.Outcome.Unsure.Text}")];
        var told = own.Length > 0 || guides.Length == 0 ? own : guides;
        var (unjudged, more) = (all.Count(one => one.Outcome.LetsIn is null), told == own ? guides.Length : 0);
        var item = new ReadinessItem("clients", told.Length == 0, all.Length == 0
            ? $"no client was seen on {primary.Node} yet"
            : $"{told.Length} of {all.Length} clients that were seen on {primary.Node} would be locked out{(unjudged > 0 ? $", {unjudged} can't be judged" : "")}{(more > 0 ? $"; {more} more for want of lines of the guide, which {AccessJudge.Access} tells" : "")}")
        {
            Code = told == own ? Clients : null,
            ToldBy = told == own ? null : AccessJudge.Access.Value,
            Evidence = [.. Listed(told), .. unsure],
            Remedy = Remedy(told, survivor, file, known),
        };
        return more == 0 ? [item] :
        [
            item,
            new("clients of the guide", false, $"{more} of {all.Length} clients that were seen on {primary.Node} would be locked out for want of lines of the guide")
            {
                ToldBy = AccessJudge.Access.Value,
                Evidence = [.. Listed(guides)],
                Remedy = Remedy(guides, survivor, file, known),
            },
        ];
    }

    private static IEnumerable<string> Listed(Seen[] refused) =>
    [
        .. refused.Take(ListedAtMost).Select(one => $"{Words(one.Client)}: {(one.Outcome.Rule is { } rule ? string.Create(CultureInfo.InvariantCulture, $"line {rule.Line} of {rule.File} refuses: {rule.Text}") : "no line lets it in")}"),
        .. refused.Length > ListedAtMost ? [$"and {refused.Length - ListedAtMost} more"] : Array.Empty<string>(),
    ];

    private static IReadOnlyList<string> Remedy(Seen[] refused, Inspection survivor, AccessFile file, AccessSurroundings known) =>
    [
        .. refused.Select(one => $"On {survivor.Node}, {Place(one.Outcome.Rule, one.Guides?.Rule.WithoutSecrets().Text ?? Line(one.Client), file, known)}").Distinct().Take(ListedAtMost),
        $"Then: {SettingRemedy.Reload(survivor.Settings)}",
    ];

    /// <summary>Where a line belongs: in place of the one that refuses, if that would never be reached behind it.</summary>
    private static string Place(AccessRule? refusing, string line, AccessFile file, AccessSurroundings around) =>
        refusing is null ? $"at the end of {file.Path}: {line}"
        : AccessFile.Parse([line], AnyVersion).Rules is [var rule] && AccessCover.Covers(rule, refusing, around) ? string.Create(CultureInfo.InvariantCulture, $"in {refusing.File}, in place of line {refusing.Line}: {line}")
        : string.Create(CultureInfo.InvariantCulture, $"in {refusing.File}, above line {refusing.Line}: {line}");

    /// <summary>A client tries with SSL where the server has it, and without (libpq's sslmode prefer).</summary>
    private static AccessOutcome Decide(IReadOnlyList<AccessRule> rules, SeenClient client, bool canEncrypt, AccessSurroundings around)
    {
        var request = new AccessRequest(IPAddress.Parse(client.Address), client.Database, client.User) { IsReplication = client.Database.Length == 0 };
        var plain = AccessMatch.Decide(rules, request, around);
        if (plain.LetsIn == true || !canEncrypt)
            return plain;
        var encrypted = AccessMatch.Decide(rules, request with { IsEncrypted = true }, around);
        return encrypted.LetsIn == true || plain.LetsIn == false ? encrypted : plain;
    }

    /// <summary>Roles are replicated: the primary's memberships are the standby's.</summary>
    private static Func<string, string, bool?> Membership(IReadOnlyList<RoleMember> members, bool isKnown)
    {
        var roles = members.ToLookup(member => member.User, member => member.Role);
        return (user, role) =>
        {
            if (!isKnown)
                return null;
            var seen = new HashSet<string> { user };
            for (var open = new Queue<string>(seen); open.TryDequeue(out var next);)
            {
                foreach (var above in roles[next].Where(seen.Add))
                    open.Enqueue(above);
            }

            return seen.Contains(role);
        };
    }

    private static string Words(SeenClient client) => $"{client.Address} as {client.User} {(client.Database.Length == 0 ? "for replication" : $"to {client.Database}")} (last seen {client.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm} UTC)";

    private static string Line(SeenClient client) => $"host {(client.Database.Length == 0 ? "replication" : Quoted(client.Database))} {Quoted(client.User)} {client.Address}/{(client.Address.Contains(':', StringComparison.Ordinal) ? 128 : 32)} md5";

    private static string Quoted(string name) => name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && name is not ("all" or "replication" or "sameuser" or "samerole" or "samegroup") ? name : new AccessName(name, true).ToString();

    /// <summary>A client, how it fares, and the guide's line that would let it in.</summary>
    private sealed record Seen(SeenClient Client, AccessOutcome Outcome, WantedAccess? Guides);
}
