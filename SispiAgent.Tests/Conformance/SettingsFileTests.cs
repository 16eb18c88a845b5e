using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

internal sealed class SettingsFileTests
{
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("max_connections = 400 # guide", "max_connections", "400")]
    [TestCase("  log_filename='postgresql-%Y-%m.log'  # a # in a remark", "log_filename", "postgresql-%Y-%m.log")]
    [TestCase("search_path 'a,\"$user\",it''s'", "search_path", "a,\"$user\",it's")]
    [TestCase("log_line_prefix = 'x#y'", "log_line_prefix", "x#y")]
    public void A_line_gives_a_name_and_a_value(string line, string name, string value) =>
        Assert.That(SettingsFile.ParseLine(line), Is.EqualTo((name, value)));

    [TestCase("# max_connections = 400")]
    [TestCase("")]
    public void A_line_without_a_setting_gives_nothing(string line) => Assert.That(SettingsFile.ParseLine(line), Is.Null);

    [Test]
    public void Includes_are_followed_the_last_value_wins_and_changes_by_SQL_come_last()
    {
        Directory.CreateDirectory(_folder["conf.d"]);
        File.WriteAllText(_folder["postgresql.conf"], "max_connections = 1\ninclude 'more.conf'\ninclude_if_exists 'nowhere.conf'\ninclude_dir 'conf.d'\nwal_level = minimal\n");
        File.WriteAllText(_folder["more.conf"], "Max_Connections = 2\ntimezone = UTC\n");
        File.WriteAllText(_folder["conf.d/b.conf"], "timezone = 'Etc/UTC'\n");
        File.WriteAllText(_folder["conf.d/a.conf"], "timezone = 'CET'\n");
        File.WriteAllText(_folder["postgresql.auto.conf"], "wal_level = 'replica'\n");

        var values = SettingsFile.Read(_folder["postgresql.conf"], _folder.Folder);

        Assert.That(values, Is.EquivalentTo(new Dictionary<string, string> { ["max_connections"] = "2", ["timezone"] = "Etc/UTC", ["wal_level"] = "replica" }));
    }
}
