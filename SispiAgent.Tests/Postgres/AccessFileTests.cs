using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Postgres;

internal sealed class AccessFileTests
{
    private const int Newest = 180000;
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("host all all 139.229.14.0/25 md5", "139.229.14.0/25", "md5")]
    [TestCase("host all all 139.229.14.7/25 md5 # a host of it", "139.229.14.0/25", "md5")]
    [TestCase("host\tall all 139.229.14.0 255.255.255.128 md5", "139.229.14.0/25", "md5")]
    [TestCase("hostssl replication \"dbadmin\" 10.1.2.3/32 scram-sha-256", "10.1.2.3/32", "scram-sha-256")]
    [TestCase("host all all ::1/128 trust", "::1/128", "trust")]
    public void An_address_is_read_however_it_is_written(string line, string network, string method)
    {
        var rule = AccessFile.Parse([line], Newest).Rules.Single();

        Assert.That((rule.Network?.ToString(), rule.Method), Is.EqualTo((network, method)));
    }

    [Test]
    public void Names_and_keywords_are_no_network() =>
        Assert.That(AccessFile.Parse(["host all all samenet md5", "host all all .fnal.gov md5", "host all all all md5", "local all all peer", "# nothing"], Newest).Rules.Select(rule => rule.Network), Is.All.Null.And.Exactly(4).Items);

    [TestCase("host all all 10.0.0.1 md5", 180000)]
    [TestCase("host all all 10.0.0.0 255.0.255.0 md5", 180000)]
    [TestCase("host all all 10.0.0.0/33 md5", 180000)]
    [TestCase("host all all server3 md5", 90000)]
    [TestCase("host all all all md5", 90000)]
    [TestCase("host all all 10.0.0.0/8 scram-sha-256", 90600)]
    [TestCase("host all all 10.0.0.0/8 md6", 180000)]
    [TestCase("host all all 10.0.0.0/8", 180000)]
    [TestCase("hostgssenc all all 10.0.0.0/8 md5", 110000)]
    [TestCase("hosts all all 10.0.0.0/8 md5", 180000)]
    [TestCase("host all \"/(\" 10.0.0.0/8 md5", 180000)]
    [TestCase("include more.conf", 150000)]
    [TestCase("local all all peer", 90000)]
    public void A_line_that_the_version_does_not_take_is_a_problem(string line, int version)
    {
        var file = AccessFile.Parse([line], version);

        Assert.That((file.Rules.Count, file.Problems.Count), Is.EqualTo((0, 1)));
    }

    [Test]
    public void Quotes_make_a_keyword_a_name_and_keep_blanks_and_commas()
    {
        var rule = AccessFile.Parse(["host all,\"all\",\"a b\" +team,\"x,\"\"y\" 10.0.0.0/8 md5"], Newest).Rules.Single();

        Assert.That(rule.Databases.Select(name => (name.Text, name.IsQuoted)), Is.EqualTo(new[] { ("all", false), ("all", true), ("a b", true) }));
        Assert.That(rule.Users.Select(name => (name.Text, name.Role)), Is.EqualTo(new[] { ("+team", (string?)"team"), ("x,\"y", null) }));
    }

    [TestCase(140000, 1)]
    [TestCase(130000, 0)]
    public void A_line_goes_on_after_a_backslash_from_14_on(int version, int rules) =>
        Assert.That(AccessFile.Parse(["host all all \\", "10.0.0.0/8 md5"], version).Rules, Has.Count.EqualTo(rules));

    [Test]
    public void Included_files_and_lists_of_names_are_read_in_their_place()
    {
        File.WriteAllText(_folder["pg_hba.conf"], "host @dbs all 10.0.0.1/32 md5\ninclude_dir more\ninclude_if_exists nowhere\ninclude gone\nhost all all 10.0.0.4/32 md5\n");
        File.WriteAllText(_folder["dbs"], "one, two\nthree\n");
        Directory.CreateDirectory(_folder["more"]);
        File.WriteAllText(_folder["more/b.conf"], "host all all 10.0.0.3/32 md5\n");
        File.WriteAllText(_folder["more/a.conf"], "host all all 10.0.0.2/32 md5\n");

        var file = AccessFile.Read(_folder["pg_hba.conf"], Newest);

        Assert.That(file.Rules.Select(rule => rule.Address), Is.EqualTo(new[] { "10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32", "10.0.0.4/32" }));
        Assert.That(file.Rules[0].Databases.Select(name => name.Text), Is.EqualTo(new[] { "one", "two", "three" }));
        Assert.That(file.Problems.Select(problem => problem.Line), Is.EqualTo(new[] { 4 }));
    }

    // whatever is wrong with the line, and wherever the secret stands
    [TestCase("host all all 10.0.0.0/8 ldapp ldapserver=x \"ldapbindpasswd=very geheim\"")]
    [TestCase("host all all 10.0.0.1 ldap ldapserver=x ldapbindpasswd=geheim")]
    [TestCase("host all all 10.0.0.0/8 ldap ldapserver=x ldapbindpasswd=very geheim")]
    [TestCase("host all all 10.0.0.0/8 ldap LDAPBINDPASSWD =geheim")]
    [TestCase("host all all 10.0.0.0/8 ldapbindpasswd=geheim ldap")]
    [TestCase("host all all ldapbindpasswd=geheim/8 ldap")]
    [TestCase("ldapbindpasswd=geheim")]
    [TestCase("host all all 10.0.0.0/8 radius radiusservers=x radiussecrets=geheim,auch-geheim")]
    [TestCase("host all all 10.0.0.0/8 radius radiusserver=x radiussecret \"geheim\"")]
    [TestCase("host @gone all 10.0.0.0/8 ldap ldapbindpasswd=geheim")]
    public void Secrets_of_a_line_that_is_not_taken_are_not_shown(string line)
    {
        var file = AccessFile.Parse([line], Newest);

        Assert.That(file.Problems, Is.Not.Empty);
        Assert.That(file.Problems.Select(problem => problem.Text + problem.Why), Has.None.Contains("geheim"));
        Assert.That(file.Rules.Select(rule => rule.WithoutSecrets().Text), Has.None.Contains("geheim"));
    }

    [Test]
    public void Secrets_of_options_are_not_shown() =>
        Assert.That(AccessFile.Parse(["host all all 10.0.0.0/8 ldap ldapserver=x \"ldapbindpasswd=geheim\""], Newest).Rules.Single().WithoutSecrets().Text, Does.Contain("ldapserver=x").And.Not.Contain("geheim"));
}
