using System.Globalization;
using System.Net;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>Judges a server's <c>pg_hba.conf</c>: what should be in it, what never counts, what lets in too many. Pure.</summary>
internal static class AccessJudge
{
    /// <summary>Somebody who should be let in is not, or in another way.</summary>
    public static readonly FindingCode Access = new("conformance.access");

    /// <summary>A line is never reached.</summary>
    public static readonly FindingCode Hidden = new("conformance.access-hidden");

    /// <summary>A line lets in whom nobody should.</summary>
    public static readonly FindingCode Dangerous = new("conformance.access-dangerous");

    /// <summary>The server does not take the file.</summary>
    public static readonly FindingCode Invalid = new("conformance.access-invalid");

    /// <summary>The server has not read the file since it was changed.</summary>
    public static readonly FindingCode Unread = new("conformance.access-unread");

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="node">The host's name.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="wanted">The lines that it should have.</param>
    /// <param name="around">What the file leads to.</param>
    public static IEnumerable<Finding> Judge(string node, ServerSettings settings, IReadOnlyList<WantedAccess> wanted, AccessSurroundings around)
    {
        if (settings.Access is not { } file)
            return [];
        return [.. Problems(node, file, settings), .. NotRead(node, file, settings), .. wanted.SelectMany(one => Missing(node, one, file, settings, around)), .. HiddenLines(node, file, settings, around), .. DangerousLines(node, file, settings)];
    }

    /// <summary>How a wanted line fares; of a node whose name can't be resolved now only a rule that takes the name decides.</summary>
    public static AccessVerdict Decide(WantedAccess wanted, IReadOnlyList<AccessRule> rules, AccessSurroundings around)
    {
        var verdict = Decide(wanted.Rule, rules, around);
        return !wanted.IsUnresolved || verdict.IsRight || (verdict.Rule is { } decides && AccessCover.Covers(decides, wanted.Rule, around))
            ? verdict
            : new(null, false, $"not judged: {wanted.Rule.Address} could not be resolved") { IsKnown = false };
    }

    /// <summary>How a wanted line fares: the rule that decides, and whether that is right.</summary>
    public static AccessVerdict Decide(AccessRule wanted, IReadOnlyList<AccessRule> rules, AccessSurroundings around)
    {
        foreach (var rule in rules)
        {
            if (AccessCover.Covers(rule, wanted, around))
                return new(rule, rule.LetsIn && IsAsGood(rule.Method, wanted.Method), rule.LetsIn ? $"line {rule.Line} decides, by {rule.Method}" : $"line {rule.Line} refuses it");
            if (!rule.LetsIn && AccessCover.Overlaps(rule, wanted, around))
                return new(rule, false, $"line {rule.Line} refuses some of it");
        }

        return new(null, false, "no line lets all of it in");
    }

    /// <summary>The pairs of a line that is never reached and the one that takes everything before it.</summary>
    public static IEnumerable<(AccessRule Hidden, AccessRule By)> Shadows(IReadOnlyList<AccessRule> rules, AccessSurroundings around) =>
        from index in Enumerable.Range(0, rules.Count)
        let before = rules.Take(index).FirstOrDefault(earlier => AccessCover.Covers(earlier, rules[index], around))
        where before is not null
        select (rules[index], before);

    /// <summary>Why a line lets in whom nobody should; <see langword="null"/> if it does not.</summary>
    public static (Severity Severity, string Why)? Danger(AccessRule rule)
    {
        var isLoopback = rule.Network is { } network && IPAddress.IsLoopback(network.BaseAddress) && network.PrefixLength >= 8;
        return rule switch
        {
            { Method: "reject" } => null,
            { IsHost: true, Method: "trust" } when !isLoopback => (Severity.Critical, "everybody who reaches the server from there is who he says he is, without a password: a superuser too"),
            { Method: "trust" } => (Severity.Warning, "every user of the host is who he says he is, without a password: a superuser too"),
            { Method: "password", Type: not ("local" or "hostssl") } when !isLoopback => (Severity.Warning, "the password goes over the network as clear text"),
            { IsHost: true, Method: "ident" } when !isLoopback => (Severity.Warning, "the client's own host says who he is"),
            { IsHost: true } when rule.Address == "all" || rule.Network is { PrefixLength: 0 } => (Severity.Warning, "the whole internet may try passwords"),
            _ => null,
        };
    }

    /// <summary>A stronger method does; one that asks for nothing is told as a danger, and lets in.</summary>
    private static bool IsAsGood(string method, string wanted) => method == wanted || method is "trust" or "password" || (wanted == "md5" && method == "scram-sha-256");

    private static IEnumerable<Finding> Problems(string node, AccessFile file, ServerSettings settings)
    {
        if (file.Problems.Count == 0)
            yield break;
        yield return new Finding(Invalid, node, Severity.Critical, "pg_hba.conf holds lines that PostgreSQL does not take")
        {
            Evidence = [.. file.Problems.Select(problem => $"{Place(problem.File, problem.Line)}: {problem.Text}: {problem.Why}")],
            Effect = "The server goes on with the rules that it had; it would not start with this file.",
            Remedy = [.. file.Problems.Select(problem => $"On {node}, correct or take out {Place(problem.File, problem.Line)}"), $"Then: {SettingRemedy.Reload(settings)}"],
        };
    }

    private static IEnumerable<Finding> NotRead(string node, AccessFile file, ServerSettings settings)
    {
        if (settings.IsAccessUnread == true && file.Problems.Count == 0)
        {
            yield return new Finding(Unread, node, Severity.Warning, "pg_hba.conf was changed and not loaded")
            {
                Evidence = [$"{file.Path} was changed after the server last read its files"],
                Effect = "The server judges by the old rules, until somebody reloads or restarts it.",
                Remedy = [$"Look at the change; then: {SettingRemedy.Reload(settings)}"],
            };
        }
    }

    private static IEnumerable<Finding> Missing(string node, WantedAccess wanted, AccessFile file, ServerSettings settings, AccessSurroundings around)
    {
        var verdict = Decide(wanted, file.Rules, around);
        if (verdict.IsRight || !verdict.IsKnown)
            yield break;
        var line = wanted.Rule.WithoutSecrets().Text;
        var isInPlace = verdict.Rule is { } decides && AccessCover.Covers(wanted.Rule, decides, around);
        yield return new Finding(Access, $"{node}/{wanted.Key}", Severity.Warning, verdict.Rule is { LetsIn: true } ? $"pg_hba.conf lets in {wanted.Key} in another way" : $"pg_hba.conf does not let in {wanted.Key}")
        {
            Evidence = [$"should be there: {line}", verdict.Words, .. verdict.Rule is { } rule ? [$"{Place(rule.File, rule.Line)}: {rule.WithoutSecrets().Text}"] : Array.Empty<string>(), $"read from {file.Path}"],
            Effect = wanted.Rule.Databases.Any(name => name.Is("replication"))
                ? "That host can't stream from this server: now, or after a failover to it."
                : "Those clients can't connect to this server: now, or after a failover to it. On a standby, sispi-agent readiness names those of them that were seen on the primary.",
            Remedy =
            [
                AccessAddress.Problem(wanted.Rule.Address, wanted.Rule.Mask, settings.Version) is not null
                    ? $"This version takes no names in pg_hba.conf, and one line with one makes the whole file invalid: put an address in place of {wanted.Rule.Address} into Conformance:Access."
                    : verdict.Rule is { } at
                    ? $"On {node}, in {at.File}, {(isInPlace ? "in place of" : "above")} line {at.Line.ToString(CultureInfo.InvariantCulture)}: {line}"
                    : $"On {node}, at the end of {file.Path}: {line}",
                $"Then: {SettingRemedy.Reload(settings)}",
            ],
        };
    }

    private static IEnumerable<Finding> HiddenLines(string node, AccessFile file, ServerSettings settings, AccessSurroundings around)
    {
        foreach (var (hidden, by) in Shadows(file.Rules, around))
        {
            yield return new Finding(Hidden, $"{node}/{hidden.WithoutSecrets().Text}", Severity.Warning, "a line of pg_hba.conf is never reached")
            {
                Evidence = [$"{Place(hidden.File, hidden.Line)}: {hidden.WithoutSecrets().Text}", $"before it {Place(by.File, by.Line)} takes everything: {by.WithoutSecrets().Text}"],
                Effect = "Whoever wrote the line believes that it counts.",
                Remedy = [$"On {node}, take out {Place(hidden.File, hidden.Line)}, or put it above {Place(by.File, by.Line)} if it should count.", $"Then: {SettingRemedy.Reload(settings)}"],
            };
        }
    }

    private static IEnumerable<Finding> DangerousLines(string node, AccessFile file, ServerSettings settings)
    {
        foreach (var rule in file.Rules)
        {
            if (Danger(rule) is not var (severity, why))
                continue;
            // md5 takes a password however it is stored; scram-sha-256 would lock out every role whose password is an md5 hash
            var better = settings.Version >= 100000 ? "md5 (or scram-sha-256, once no role's password is stored as md5 any more)" : "md5";
            yield return new Finding(Dangerous, $"{node}/{rule.WithoutSecrets().Text}", severity, "a line of pg_hba.conf lets in whom nobody should")
            {
                Evidence = [$"{Place(rule.File, rule.Line)}: {rule.WithoutSecrets().Text}", why],
                Effect = rule.Method is "trust" or "ident" ? "The data can be read, changed and dropped from there." : "Whoever overhears or guesses a password can read, change and drop what its role can.",
                Remedy =
                [
                    rule.Address == "all" || rule.Network is { PrefixLength: 0 } ? $"On {node}, give {Place(rule.File, rule.Line)} the network that is meant, and a password method: {better}"
                        : $"On {node}, in {Place(rule.File, rule.Line)}, put {(rule.IsHost ? better : settings.Version < 90100 ? "ident" : "peer")} in place of {rule.Method}",
                    .. rule.IsHost ? Array.Empty<string>() : ["Programs that log in by the socket as another user (psql -U dbadmin) then need a line of their own above it, or a map."],
                    $"Then: {SettingRemedy.Reload(settings)}",
                ],
            };
        }
    }

    private static string Place(string file, int line) => string.Create(CultureInfo.InvariantCulture, $"line {line} of {file}");
}

/// <summary>How a wanted line fares.</summary>
/// <param name="Rule">The rule that decides; <see langword="null"/>: none.</param>
/// <param name="IsRight">Whether that is as it should be.</param>
/// <param name="Words">The same in words.</param>
internal sealed record AccessVerdict(AccessRule? Rule, bool IsRight, string Words)
{
    /// <summary>Whether it can be told.</summary>
    public bool IsKnown { get; init; } = true;
}
