using SispiAgent.Postgres;

namespace SispiAgent.Tests.Conformance;

internal sealed class AccessRuleTests
{
    [TestCase("host all all 139.229.14.0/25 md5", "139.229.14.0/25", "md5")]
    [TestCase("host all all 139.229.14.7/25 md5 # a host of it", "139.229.14.0/25", "md5")]
    [TestCase("host\tall all 139.229.14.0 255.255.255.128 md5", "139.229.14.0/25", "md5")]
    [TestCase("hostssl replication \"dbadmin\" 10.1.2.3/32 scram-sha-256", "10.1.2.3/32", "scram-sha-256")]
    [TestCase("host all all all reject", "0.0.0.0/0", "reject")]
    public void An_address_is_read_however_it_is_written(string line, string network, string method)
    {
        var rule = AccessRule.ReadAll([line]).Single();

        Assert.That((rule.Network?.ToString(), rule.Method), Is.EqualTo((network, method)));
    }

    [Test]
    public void Names_and_keywords_are_no_network() =>
        Assert.That(AccessRule.ReadAll(["host all all samenet md5", "host all all .fnal.gov md5", "local all all peer", "# nothing"]).Select(rule => rule.Network), Is.All.Null.And.Exactly(3).Items);
}
