using SispiAgent.Cluster;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Conformance;

internal sealed class AccessJudgeTests
{
    private const string Wanted = "host all all 139.229.14.0/25 md5";

    [TestCase("host all all 139.229.14.0/25 md5", true)]
    [TestCase("host all all 139.229.14.0/25 scram-sha-256", true)]
    [TestCase("host all all 139.229.0.0/16 md5", true)]
    [TestCase("host all all all md5", true)]
    [TestCase("host all all 139.229.14.0/25 trust", true)] // told as a danger
    [TestCase("host all all 139.229.14.0/26 md5", false)]
    [TestCase("hostssl all all 139.229.14.0/25 md5", false)]
    [TestCase("host all dbadmin 139.229.14.0/25 md5", false)]
    [TestCase("host decam_prd all 139.229.14.0/25 md5", false)]
    [TestCase("host all all 139.229.14.0/25 reject", false)]
    [TestCase("host all all 139.229.14.0/25 ldap ldapserver=x", false)]
    [TestCase("host all all 139.229.14.9/32 reject\nhost all all 139.229.14.0/25 md5", false)]
    [TestCase("host all eve 139.229.14.0/25 reject\nhost all all 139.229.14.0/25 md5", false)]
    [TestCase("host all all 10.0.0.0/8 reject\nhost all all 139.229.14.0/25 md5", true)]
    [TestCase("host replication all 139.229.14.0/25 reject\nhost all all 139.229.14.0/25 md5", true)]
    [TestCase("# nothing", false)]
    public void The_guides_line_is_met_by_what_does_the_same(string lines, bool isRight) =>
        Assert.That(Decide(Wanted, lines), Is.EqualTo(isRight));

    [TestCase("host replication dbadmin 10.0.0.3/32 md5", true)]
    [TestCase("host replication all 10.0.0.0/24 md5", true)]
    [TestCase("host all all 10.0.0.0/24 md5", false)]
    [TestCase("host all,replication +repl 10.0.0.0/24 md5", false)]
    public void Replication_needs_its_keyword(string lines, bool isRight) =>
        Assert.That(Decide("host replication dbadmin 10.0.0.3/32 md5", lines), Is.EqualTo(isRight));

    [TestCase("host all all 0.0.0.0/0 md5\nhost decam ann 10.0.0.0/8 reject", 1)]
    [TestCase("host all all 0.0.0.0/0 md5\nhost replication ann 10.0.0.0/8 md5", 0)]
    [TestCase("host all all 10.0.0.0/8 md5\nhost all all 11.0.0.0/8 md5", 0)]
    [TestCase("hostssl all all 10.0.0.0/8 md5\nhost all all 10.0.0.0/8 md5", 0)]
    [TestCase("host all all 10.0.0.0/8 md5\nhostssl all all 10.1.0.0/16 md5", 1)]
    [TestCase("host a all 10.0.0.0/8 md5\nhost a,b all 10.0.0.0/8 md5", 0)]
    [TestCase("host a,b all 10.0.0.0/8 md5\nhost b all 10.0.0.0/8 md5", 1)]
    [TestCase("local all all peer\nlocal decam ann md5", 1)]
    [TestCase("local all postgres peer\nlocal all all md5", 0)]
    [TestCase("host all all samenet md5\nhost all all samenet reject", 1)]
    public void A_line_behind_one_that_takes_everything_is_hidden(string lines, int hidden) =>
        Assert.That(AccessJudge.Shadows(AccessFile.Parse(lines.Split('\n'), 150000).Rules, AccessSurroundings.Unknown).Count(), Is.EqualTo(hidden));

    [TestCase("host all all 10.0.0.0/8 trust", "Critical")]
    [TestCase("host all all 0.0.0.0/0 trust", "Critical")]
    [TestCase("local all all trust", "Warning")]
    [TestCase("host all all 127.0.0.1/32 trust", "Warning")]
    [TestCase("host all all 0.0.0.0/0 md5", "Warning")]
    [TestCase("host all all all scram-sha-256", "Warning")]
    [TestCase("host all all ::/0 md5", "Warning")]
    [TestCase("host all all 10.0.0.0/8 password", "Warning")]
    [TestCase("host all all 10.0.0.0/8 ident", "Warning")]
    [TestCase("host all all 0.0.0.0/0 reject", null)]
    [TestCase("hostssl all all 10.0.0.0/8 password", null)]
    [TestCase("host all all 10.0.0.0/8 md5", null)]
    [TestCase("local all all peer", null)]
    public void What_lets_in_too_many_is_dangerous(string line, string? severity) =>
        Assert.That(AccessJudge.Danger(AccessFile.Parse([line], 150000).Rules.Single())?.Severity.ToString(), Is.EqualTo(severity));

    [Test]
    public void A_file_that_was_changed_and_not_read_and_one_that_is_not_taken_are_told()
    {
        var settings = new ServerSettings(150000, new Dictionary<string, SettingValue>(), AccessFile.Parse([Wanted], 150000), "the files") { IsAccessUnread = true };
        var broken = settings with { Access = AccessFile.Parse([Wanted, "host all all 10.0.0.1 md5"], 150000) };

        Assert.That(Codes(settings), Is.EqualTo(new[] { AccessJudge.Unread }));
        Assert.That(Codes(broken), Is.EqualTo(new[] { AccessJudge.Invalid }));
    }

    /// <summary>peer is of 9.1: before, ident asks a unix socket the same.</summary>
    [TestCase(90000, "ident")]
    [TestCase(90100, "peer")]
    [TestCase(180000, "peer")]
    public void A_socket_that_trusts_gets_a_method_that_the_version_has(int version, string method)
    {
        var told = AccessJudge.Judge("n", Settings(version, "local all all trust"), [], AccessSurroundings.Unknown).Single();

        Assert.That(told.Remedy[0], Does.EndWith($"put {method} in place of trust"));
        Assert.That(AccessFile.Parse([$"local all all {method}"], version).Problems, Is.Empty);
        Assert.That(told.Remedy, Has.Some.Contains("psql -U dbadmin"));
    }

    /// <summary>The name service is away for a moment: the file is as well as before.</summary>
    [TestCase(90000, "host replication dbadmin 10.0.0.3/32 md5", null)]
    [TestCase(150000, "host replication dbadmin 10.0.0.3/32 md5", null)]
    [TestCase(150000, "host replication dbadmin 10.0.0.0/8 reject", null)]
    [TestCase(150000, "host replication dbadmin server3.observatory md5", true)]
    [TestCase(150000, "host replication all all md5", true)]
    [TestCase(150000, "host replication dbadmin server3.observatory reject", false)]
    public void A_line_of_a_node_whose_name_can_not_be_resolved_is_judged_only_where_its_name_decides(int version, string line, bool? isRight)
    {
        var settings = Settings(version, line);
        var wanted = WantedAccess.For(["host replication dbadmin server3 md5"], Site.From(Cluster, "server2"), _ => null).Single();

        var verdict = AccessJudge.Decide(wanted, settings.Access!.Rules, AccessSurroundings.Unknown);
        var isTold = AccessJudge.Judge("server2", settings, [wanted], AccessSurroundings.Unknown).Any(finding => finding.Code == AccessJudge.Access);

        Assert.That(verdict.IsKnown ? verdict.IsRight : (bool?)null, Is.EqualTo(isRight));
        Assert.That(isTold, Is.EqualTo(isRight == false));
        Assert.That(verdict.Words, isRight is null ? Is.EqualTo("not judged: server3.observatory could not be resolved") : Does.StartWith("line 1"));
    }

    /// <summary>One line with a name, and 9.0 takes nothing of the whole file.</summary>
    [TestCase(90000, false)]
    [TestCase(90100, true)]
    public void A_name_is_put_into_the_file_only_where_the_version_takes_one(int version, bool isTaken)
    {
        var wanted = WantedAccess.For(["host all all clients.observatory md5"], Site.From(Cluster, "server2"), _ => null).Single();

        var told = AccessJudge.Judge("server2", Settings(version, "host all all 10.0.0.0/8 md5"), [wanted], AccessSurroundings.Unknown).Single();

        Assert.That(told.Remedy[0], isTaken ? Does.EndWith(": host all all clients.observatory md5") : Does.EndWith("into Conformance:Access."));
    }

    private static ClusterOptions Cluster => new()
    {
        TimeZone = "UTC", Nodes = { ["server2"] = new() { Kind = NodeKind.Database, Address = "10.0.0.2" }, ["server3"] = new() { Kind = NodeKind.Database, Address = "server3.observatory" } },
    };

    private static ServerSettings Settings(int version, params string[] lines) => new(version, new Dictionary<string, SettingValue>(), AccessFile.Parse(lines, version), "the files");

    private static FindingCode[] Codes(ServerSettings settings) => [.. AccessJudge.Judge("n", settings, [], AccessSurroundings.Unknown).Select(finding => finding.Code)];

    private static bool Decide(string wanted, string lines) =>
        AccessJudge.Decide(AccessFile.Parse([wanted], 150000).Rules.Single(), AccessFile.Parse(lines.Split('\n'), 150000).Rules, AccessSurroundings.Unknown).IsRight;
}
