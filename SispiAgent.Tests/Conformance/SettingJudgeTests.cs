using SispiAgent.Conformance;

namespace SispiAgent.Tests.Conformance;

internal sealed class SettingJudgeTests
{
    [Test]
    public void Where_no_file_sets_it_the_versions_default_counts()
    {
        Assert.That(Found(Files(90000), "max_connections", "100"), Is.Empty);
        Assert.That(Found(Files(90000), "max_connections", "400"), Has.Length.EqualTo(1));
        Assert.That(Found(Files(90600), "log_directory", "pg_log"), Is.Empty);
        Assert.That(Found(Files(150000), "log_directory", "pg_log"), Has.Length.EqualTo(1));
    }

    [Test]
    public void What_the_version_does_not_have_is_not_asked_for() =>
        Assert.That(Found(Running(150000), "max_slot_of_nothing", "1"), Is.Empty);

    [Test]
    public void What_waits_for_a_restart_is_told_once()
    {
        var settings = Running(150000, ("max_connections", new SettingValue("100") { InFiles = "400", File = "/d/postgresql.conf", Line = 3, TakesRestart = true, IsPending = true, Origin = "configuration file" }));

        var asked = SettingJudge.Judge("n", settings, new Dictionary<string, string> { ["max_connections"] = "400" }).Single();
        var notAsked = SettingJudge.Judge("n", settings, new Dictionary<string, string>()).Single();

        Assert.That((asked.Code, notAsked.Code), Is.EqualTo((SettingJudge.Setting, SettingJudge.Pending)));
        Assert.That(asked.Remedy, Has.Some.Contains("The file has it right already").And.Some.Contains("pg_ctl restart"));
    }

    [TestCase("command line", "start script")]
    [TestCase("database", "ALTER DATABASE")]
    public void What_goes_before_the_files_is_not_mended_in_them(string origin, string step)
    {
        var settings = Running(150000, ("timezone", new SettingValue("CET") { Origin = origin }));

        Assert.That(SettingJudge.Judge("n", settings, new Dictionary<string, string> { ["timezone"] = "UTC" }).Single().Remedy[0], Does.Contain(step));
    }

    [TestCase(100, 400, "max_connections")]
    [TestCase(400, 100, "max_connections")]
    [TestCase(400, 400, null)]
    public void Parity_compares_what_binds(int primary, int standby, string? name)
    {
        var difference = Parity.Differences(
            Running(150000, ("max_connections", new SettingValue($"{primary}")), ("work_mem", new SettingValue("1"))),
            Running(150000, ("max_connections", new SettingValue($"{standby}")), ("work_mem", new SettingValue("2")))).SingleOrDefault();

        Assert.That(difference?.Name, Is.EqualTo(name));
        if (difference is not null)
            Assert.That(Parity.Order(difference, "server2", "server3", Running(150000))[2], Does.Contain(standby < primary ? "lower it on server2 first" : "raise it on server2"));
    }

    [TestCase("max_wal_senders", 110000, false)]
    [TestCase("max_wal_senders", 120000, true)]
    [TestCase("max_worker_processes", 90300, false)]
    [TestCase("max_worker_processes", 90400, true)]
    [TestCase("max_connections", 90000, true)]
    public void What_binds_depends_on_the_version(string name, int version, bool binds) => Assert.That(Parity.Binds(name, version), Is.EqualTo(binds));

    [Test]
    public void A_diff_shows_what_went_and_came() =>
        Assert.That(LineDiff.Of(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]), Is.EqualTo(new[] { "- b", "+ x", "+ e" }));

    private static SispiAgent.Findings.Finding[] Found(ServerSettings settings, string name, string value) => [.. SettingJudge.Judge("n", settings, new Dictionary<string, string> { [name] = value })];

    private static ServerSettings Files(int version) => new(version, new Dictionary<string, SettingValue>(), null, "the files") { DataDirectory = "/d" };

    private static ServerSettings Running(int version, params (string Name, SettingValue Value)[] values) =>
        new(version, values.ToDictionary(entry => entry.Name, entry => entry.Value), null, "the running server") { IsRunning = true, DataDirectory = "/d" };
}
