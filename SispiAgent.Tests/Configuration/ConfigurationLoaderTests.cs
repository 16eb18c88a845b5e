using SispiAgent.Configuration;
using SispiAgent.Hosting;
using SispiAgent.Mail;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Configuration;

internal sealed class ConfigurationLoaderTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private static string Shipped => File.ReadAllText(Repository.Path("appsettings.json"));

    [Test]
    public void The_shipped_file_is_valid() => Assert.That(() => Load(Shipped), Throws.Nothing);

    [Test]
    public void Ten_planted_errors_are_ten_errors_each_with_its_key_and_a_remedy()
    {
        var planted = Shipped
            .Replace("\"Mail\": {", "\"Mial\": { \"x\": 1 }, \"Mail\": { \"Pasword\": \"geheim\",", StringComparison.Ordinal)
            .Replace("\"Host\": \"localhost\"", "\"Hots\": \"localhost\"", StringComparison.Ordinal)
            .Replace("America/Santiago", "America/Santigo", StringComparison.Ordinal)
            .Replace("\"Kind\": \"Web\"", "\"Kind\": \"Webb\"", StringComparison.Ordinal)
            .Replace("\"Port\": 25,", "\"Port\": \"25\",", StringComparison.Ordinal)
            .Replace("\"DataDirectory\": \"/raid3/database/sispi_db\"", "\"DataDirectory\": \"raid3\"", StringComparison.Ordinal)
            .Replace("\"2 11 * * Sun\"", "\"0 0 31 2 *\"", StringComparison.Ordinal)
            .Replace("\"WarningBytes\": 67108864", "\"WarningBytes\": 5", StringComparison.Ordinal)
            .Replace("\"ConnectTimeout\": \"00:00:03\"", "\"ConnectTimeout\": \"3 s\"", StringComparison.Ordinal);

        var errors = Errors(planted);

        Assert.That(errors.Select(error => error.Key), Is.EquivalentTo(new[]
        {
            "Mial", "Mail:Pasword", "Mail:Hots", "Mail:Port", "Cluster:TimeZone", "Cluster:Nodes:system1:Kind", "Cluster:Nodes:server3:DataDirectory",
            "Schedules:Backup", "Replication:WarningBytes", "Postgres:ConnectTimeout",
        }));
        // a rule of a section puts its remedy behind a semicolon or a colon of its sentence
        Assert.That(errors.Where(error => error.Remedy.Length == 0 && error.Problem.IndexOfAny([';', ':']) < 0), Is.Empty);
    }

    [TestCase("\"Hots\"", "Did you mean Host?")]
    [TestCase("\"recipient\"", "Did you mean Recipients?")]
    [TestCase("\"zzz\"", "Known here: Host, Port")]
    public void An_unknown_key_comes_with_what_was_probably_meant(string key, string remedy) =>
        Assert.That(Errors(Shipped.Replace("\"Deadline\"", key, StringComparison.Ordinal)).Single().Remedy, Does.StartWith(remedy));

    [Test]
    public void A_secret_in_the_file_is_refused_with_where_it_belongs() =>
        Assert.That(Errors(Shipped.Replace("\"Deadline\": \"00:01:00\"", "\"Password\": \"geheim\"", StringComparison.Ordinal)).Single().Remedy, Does.Contain("Mail:PasswordFile").And.Not.Contain("geheim"));

    [Test]
    public void Broken_JSON_is_said_with_its_line() =>
        Assert.That(Errors("{\n  \"Agent\": {},\n  \"Mail\": { \"Port\" 25 }\n}").Single().Key, Does.Contain("line 3"));

    [Test]
    public void A_key_that_stands_twice_is_an_error() =>
        Assert.That(Errors(Shipped.Replace("\"Deadline\"", "\"HOST\": \"a\", \"Deadline\"", StringComparison.Ordinal)).Single().Key, Is.EqualTo("Mail:HOST"));

    [Test]
    public void A_file_that_is_not_there_is_an_error_that_names_it() =>
        Assert.That(() => Sections.Loader.Load("/nowhere/appsettings.json"), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("/nowhere/appsettings.json"));

    [Test]
    public void The_environment_overrides_the_file_and_is_said()
    {
        var snapshot = Load(Shipped, new() { ["Mail__Port"] = "2525", ["Mail__Recipients__0"] = "dba@example.org", ["PATH"] = "x", ["Other__Thing"] = "y" });

        Assert.That((snapshot.Get<MailOptions>().Port, snapshot.Get<MailOptions>().Recipients[0]), Is.EqualTo((2525, "dba@example.org")));
        Assert.That(snapshot.Overrides, Has.Count.EqualTo(2).And.Some.Contains("Mail__Port"));
    }

    [Test]
    public void A_wrong_variable_is_an_error_that_names_it() =>
        Assert.That(Errors(Shipped, new() { ["Mail__Prot"] = "1", ["Mail__Port"] = "abc" }).Select(error => error.ToString()), Has.Exactly(2).Items.And.Some.Contains("Mail__Prot").And.Some.Contains("Mail__Port"));

    [Test]
    public void A_list_of_the_environment_replaces_entries_and_grows_at_its_end()
    {
        var snapshot = Load(Shipped, new() { ["Mail__Recipients__1"] = "b@example.org", ["Mail__Recipients__2"] = "c@example.org" });

        Assert.That(snapshot.Get<MailOptions>().Recipients, Is.EqualTo(new[] { "postgres-status", "b@example.org", "c@example.org" }));
        Assert.That(Load(Shipped.Replace("\"Recipients\": [ \"postgres-status\" ],", "", StringComparison.Ordinal), new() { ["Mail__Recipients__0"] = "b@example.org" }).Get<MailOptions>().Recipients, Is.EqualTo(new[] { "b@example.org" }));
    }

    [TestCase("Mail__Recipients__7")]
    [TestCase("Mail__Host__Name")]
    [TestCase("Mail__Recipients__x")]
    public void A_variable_without_a_place_is_an_error(string variable) =>
        Assert.That(Errors(Shipped, new() { [variable] = "x" }).Single().Problem, Does.Contain(variable));

    [TestCase("\"Nodes\": {", "\"Nodes\": null, \"x\": {", "Cluster:Nodes")]
    [TestCase("\"Recipients\": [ \"postgres-status\" ]", "\"Recipients\": [ null ]", "Mail:Recipients:0")]
    [TestCase("\"Recipients\": [ \"postgres-status\" ]", "\"Recipients\": null", "Mail:Recipients")]
    [TestCase("\"Port\": 25,", "\"Port\": 99999999999999999999,", "Mail:Port")]
    [TestCase("\"Port\": 25,", "\"Port\": [ 25 ],", "Mail:Port")]
    [TestCase("\"Security\": \"None\"", "\"Security\": 7", "Mail:Security")]
    [TestCase("\"Deadline\": \"00:01:00\"", "\"Deadline\": null", "Mail:Deadline")]
    [TestCase("\"DataDirectory\": \"/raid3/database/sispi_db\"", "\"DataDirectory\": 3", "Cluster:Nodes:server3:DataDirectory")]
    [TestCase("\"Compression\": \"\"", "\"Compression\": \"bzip2\"", "Backup:Compression")]
    public void What_has_the_wrong_shape_is_an_error_once(string from, string to, string key)
    {
        var errors = Errors(Shipped.Replace(from, to, StringComparison.Ordinal));

        Assert.That(errors.Count(error => error.Key == key), Is.EqualTo(1), () => string.Join('\n', errors));
    }

    [Test]
    public void A_rule_across_sections_is_said_beside_the_errors_of_a_section() =>
        Assert.That(Errors(Shipped.Replace("\"Node\": \"\"", "\"Node\": \"des10\"", StringComparison.Ordinal).Replace("\"Port\": 25,", "\"Port\": 0,", StringComparison.Ordinal)).Select(error => error.Key),
            Is.EquivalentTo(new[] { "Mail:Port", "Agent:Node" }));

    [Test]
    public void The_node_must_be_one_of_the_nodes() =>
        Assert.That(Errors(Shipped.Replace("\"Node\": \"\"", "\"Node\": \"server4\"", StringComparison.Ordinal)).Single().Remedy, Does.Contain("server2, server3, system1, des10"));

    [Test]
    public void Hosts_of_one_site_have_one_hash_whatever_their_section_Agent_and_their_comments()
    {
        var here = Load(Shipped).Hash;

        Assert.That(Load(Shipped.Replace("\"Node\": \"\"", "\"Node\": \"server3\" /* here */", StringComparison.Ordinal)).Hash, Is.EqualTo(here));
        Assert.That(Load(Shipped.Replace("67108864", "67108865", StringComparison.Ordinal)).Hash, Is.Not.EqualTo(here));
    }

    [Test]
    public void What_is_left_out_has_its_default()
    {
        var snapshot = Load("""{ "Cluster": { "Nodes": { "a": { "Kind": "Database", "DataDirectory": "/d", "BackupDirectory": "/b" } } } }""");

        Assert.That(snapshot.Get<ReplicationOptions>().CriticalBytes, Is.EqualTo(1L << 30));
        Assert.That(snapshot.Get<MailOptions>().Recipients, Is.EqualTo(new[] { "postgres-status" }));
    }

    private static ConfigurationSnapshot Load(string text, Dictionary<string, string>? variables = null) => Sections.Loader.Load("appsettings.json", text, variables ?? NoVariables);

    private static IReadOnlyList<ConfigurationError> Errors(string text, Dictionary<string, string>? variables = null) =>
        Assert.Throws<ConfigurationException>(() => Load(text, variables))!.Errors;
}
