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

    /// <summary>Judges everybody who was seen.</summary>
    /// <param name="survivor">The host that lives on.</param>
    /// <param name="primary">The host whose clients they are.</param>
    /// <param name="wanted">The guide's lines: whoever is locked out for want of one is told as that.</param>
    /// <param name="around">What the survivor's pg_hba.conf leads to.</param>
    public static ReadinessItem Judge(Inspection survivor, Inspection primary, IReadOnlyList<WantedAccess> wanted, AccessSurroundings around)
    {
        if (survivor.Settings.Access is not { } file)
            return new("clients", false, $"{survivor.Node}'s pg_hba.conf can't be read") { Code = Clients, Remedy = ["Let the agent's user read it."] };
        var known = around with { IsMember = Membership(primary.Members, primary.Settings.IsRunning), OwnNetworks = survivor.Networks };
        var canEncrypt = survivor.Settings["ssl"] is "on";
        (SeenClient Client, AccessOutcome Outcome, WantedAccess? Guides)[] all =
        [
            .. primary.Clients.Where(client => !survivor.Networks.Any(own => own.Address == client.Address && !IPAddress.IsLoopback(IPAddress.Parse(client.Address)))).Select(client => (client, Decide(file.Rules, client, canEncrypt, known), wanted.FirstOrDefault(one => Decide([one.Rule], client, canEncrypt, known).LetsIn == true))),
        ];
        var refused = all.Where(one => one.Outcome.LetsIn == false).ToArray();
        var unsure = all.Where(one => one.Outcome.LetsIn is null).ToArray();
        return new("clients", refused.Length == 0, all.Length == 0
            ? $"no client was seen on {primary.Node} yet"
            : $"{refused.Length} of {all.Length} clients that were seen on {primary.Node} would be locked out{(unsure.Length > 0 ? $", {unsure.Length} can't be judged" : "")}")
        {
            Code = refused.Length > 0 && refused.All(one => one.Guides is not null) ? null : Clients,
            ToldBy = AccessJudge.Access.Value,
            Evidence =
            [
                .. refused.Take(ListedAtMost).Select(one => $"{Words(one.Client)}: {(one.Outcome.Rule is { } rule ? string.Create(CultureInfo.InvariantCulture, $"line {rule.Line} of {rule.File} refuses: {rule.Text}") : "no line lets it in")}"),
                .. refused.Length > ListedAtMost ? [$"and {refused.Length - ListedAtMost} more"] : Array.Empty<string>(),
                .. unsure.Take(ListedAtMost).Select(one => $"{Words(one.Client)}: it can't be told whether line {one.Outcome.Unsure!.Line.ToString(CultureInfo.InvariantCulture)} is about it: {one.Outcome.Unsure.Text}"),
            ],
            Remedy =
            [
                .. refused.Select(one => $"On {survivor.Node}, {(one.Outcome.Rule is { } rule ? string.Create(CultureInfo.InvariantCulture, $"in {rule.File}, above line {rule.Line}") : $"at the end of {file.Path}")}: {one.Guides?.Rule.Text ?? Line(one.Client)}").Distinct().Take(ListedAtMost),
                $"Then: {SettingRemedy.Reload(survivor.Settings)}",
            ],
        };
    }

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
}
