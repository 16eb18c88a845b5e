using System.Net;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Postgres;

internal sealed class AccessMatchTests
{
    private static readonly AccessSurroundings Around = new(
        (user, role) => (user, role) is ("ann", "team") or ("ann", "ann"), [new OwnNetwork("10.5.0.7", 16)], (name, client) => name == "unknown" ? null : name is "server3" or ".ctio.org" && client.ToString() == "10.0.0.3");

    [TestCase("host all all 10.0.0.0/8 md5", true)]
    [TestCase("host all all 11.0.0.0/8 md5", false)]
    [TestCase("host all all all md5", true)]
    [TestCase("host all all ::/0 md5", false)]
    [TestCase("hostssl all all 10.0.0.0/8 md5", false)]
    [TestCase("hostnossl all all 10.0.0.0/8 md5", true)]
    [TestCase("hostnogssenc all all 10.0.0.0/8 md5", true)]
    [TestCase("hostgssenc all all 10.0.0.0/8 md5", false)]
    [TestCase("local all all peer", false)]
    [TestCase("host decam all 10.0.0.0/8 md5", true)]
    [TestCase("host other,decam all 10.0.0.0/8 md5", true)]
    [TestCase("host \"all\" all 10.0.0.0/8 md5", false)]
    [TestCase("host replication all 10.0.0.0/8 md5", false)]
    [TestCase("host sameuser all 10.0.0.0/8 md5", false)]
    [TestCase("host /^dec all 10.0.0.0/8 md5", true)]
    [TestCase("host /^ec all 10.0.0.0/8 md5", false)]
    [TestCase("host all ann 10.0.0.0/8 md5", true)]
    [TestCase("host all +team 10.0.0.0/8 md5", true)]
    [TestCase("host all +others 10.0.0.0/8 md5", false)]
    [TestCase("host all \"+team\" 10.0.0.0/8 md5", false)]
    [TestCase("host all all server3 md5", true)]
    [TestCase("host all all .ctio.org md5", true)]
    [TestCase("host all all server9 md5", false)]
    [TestCase("host all all unknown md5", null)]
    [TestCase("host all bob unknown md5", false)]
    public void A_rule_matches_as_the_server_would(string line, bool? matches) =>
        Assert.That(AccessMatch.Matches(AccessFile.Parse([line], 180000).Rules.Single(), new(IPAddress.Parse("10.0.0.3"), "decam", "ann"), Around), Is.EqualTo(matches));

    [TestCase("host all all 10.0.0.0/8 md5", false)]
    [TestCase("host all,replication all 10.0.0.0/8 md5", true)]
    [TestCase("host \"replication\" all 10.0.0.0/8 md5", false)]
    [TestCase("host /.* all 10.0.0.0/8 md5", false)]
    public void Replication_is_matched_by_its_keyword_alone(string line, bool matches) =>
        Assert.That(AccessMatch.Matches(AccessFile.Parse([line], 180000).Rules.Single(), new(IPAddress.Parse("10.0.0.3"), "", "ann") { IsReplication = true }, Around), Is.EqualTo(matches));

    [TestCase("10.5.9.9", "samenet", true)]
    [TestCase("10.6.0.1", "samenet", false)]
    [TestCase("10.5.0.7", "samehost", true)]
    [TestCase("10.5.9.9", "samehost", false)]
    public void The_hosts_own_networks_count(string client, string keyword, bool matches) =>
        Assert.That(AccessMatch.Matches(AccessFile.Parse([$"host all all {keyword} md5"], 150000).Rules.Single(), new(IPAddress.Parse(client), "d", "u"), Around), Is.EqualTo(matches));

    [TestCase(new[] { "host all all 10.0.0.3/32 reject", "host all all 10.0.0.0/8 md5" }, false)]
    [TestCase(new[] { "host all all 10.0.0.0/8 md5", "host all all 10.0.0.3/32 reject" }, true)]
    [TestCase(new[] { "host all all unknown md5", "host all all 10.0.0.0/8 md5" }, true)]
    [TestCase(new[] { "host all all unknown reject", "host all all 10.0.0.0/8 md5" }, null)]
    [TestCase(new[] { "host all all unknown md5" }, null)]
    [TestCase(new[] { "host all all unknown reject" }, false)]
    [TestCase(new string[0], false)]
    public void The_first_that_matches_decides_and_doubt_is_said(string[] lines, bool? letsIn) =>
        Assert.That(AccessMatch.Decide(AccessFile.Parse(lines, 180000).Rules, new(IPAddress.Parse("10.0.0.3"), "decam", "ann"), Around).LetsIn, Is.EqualTo(letsIn));
}
