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

    /// <summary>A restart would take away what the guide wants: it is no remedy.</summary>
    [Test]
    public void What_the_guide_names_and_the_files_have_otherwise_goes_back_into_the_files()
    {
        var settings = Running(150000, ("max_connections", new SettingValue("400") { InFiles = "100", File = "/d/postgresql.auto.conf", Line = 3, BelowChanged = "400", TakesRestart = true, IsPending = true, Origin = "configuration file" }));

        var finding = SettingJudge.Judge("n", settings, new Dictionary<string, string> { ["max_connections"] = "400" }).Single();

        Assert.That(finding.Code, Is.EqualTo(SettingJudge.Pending));
        Assert.That(finding.Remedy, Has.Some.EndsWith("ALTER SYSTEM RESET max_connections;").And.Some.EqualTo("Then: pg_ctl reload -D /d").And.None.Contains("pg_ctl restart"));
    }

    /// <summary>On 12 primary_conninfo takes a restart, and so waits for one.</summary>
    [TestCase(null)]
    [TestCase("host=y password=right")]
    public void What_may_hold_a_password_is_neither_told_nor_shown(string? guides)
    {
        var value = new SettingValue("host=x password=old") { InFiles = "host=x password=new", File = "/d/postgresql.auto.conf", Line = 3, BelowChanged = "host=x password=below", TakesRestart = true, IsPending = true, Origin = "configuration file" };
        var guide = guides is null ? new Dictionary<string, string>() : new() { ["primary_conninfo"] = guides };

        foreach (var settings in new[] { Running(120000, ("primary_conninfo", value)), Files(120000) with { Values = new Dictionary<string, SettingValue> { ["primary_conninfo"] = value } }, Running(120000, ("primary_conninfo", value with { Value = guides ?? "" })) })
        {
            var told = SettingJudge.Judge("n", settings, guide).Single();
            var shown = SettingJudge.Compare(settings, guide).SelectMany(one => new[] { one.Words, one.WantedWords, one.ActualShown });
            Assert.That(told.Evidence.Concat(told.Remedy).Concat(shown), Has.None.Contains("password"));
            Assert.That(told.Evidence, Has.Some.Contains("(not shown)"));
        }
    }

    /// <summary>ALTER ROLE and ALTER DATABASE are replicated: only the primary's can be changed, and only there it is told.</summary>
    [TestCase("global", "ALTER ROLE ALL RESET timezone;")]
    [TestCase("user", "ALTER ROLE \"postgres\" RESET timezone;")]
    [TestCase("database", "ALTER DATABASE \"observer's\" RESET timezone;")]
    [TestCase("database user", "ALTER ROLE \"postgres\" IN DATABASE \"observer's\" RESET timezone;")]
    public void What_a_role_or_a_database_has_is_told_of_the_primary_with_the_statement(string origin, string statement)
    {
        var primary = Running(150000, ("timezone", new SettingValue("CET") { Origin = origin, InFiles = "UTC", File = "/d/postgresql.conf", Line = 9 })) with { Database = "observer's", User = "postgres" };
        var overSql = Running(150000, ("timezone", new SettingValue("CET") { Origin = origin })) with { IsStandby = true, DataDirectory = "" };

        var finding = Found(primary, "timezone", "UTC").Single();

        Assert.That(finding.Remedy[0], Does.EndWith(": " + statement));
        Assert.That(finding.Remedy, Has.None.Contains("reload"), "new sessions have it at once");
        Assert.That(finding.Evidence, Has.Some.EqualTo($"set in: {statement.Split(" RESET")[0]} SET, which goes before /d/postgresql.conf, line 9"));
        Assert.That(Found(primary with { IsStandby = true }, "timezone", "UTC"), Is.Empty);
        Assert.That(Found(overSql, "timezone", "UTC"), Is.Empty);
        Assert.That(Found(primary with { IsStandby = true }, "timezone", "EST").Single().Evidence, Has.Some.EqualTo("was: UTC"));
    }

    /// <summary>What ALTER SYSTEM wrote while it was the primary goes before every line that is put into postgresql.conf.</summary>
    [Test]
    public void A_difference_that_ALTER_SYSTEM_made_is_mended_where_it_counts()
    {
        var standby = Files(150000) with { Values = new Dictionary<string, SettingValue> { ["max_connections"] = new("30") { InFiles = "30", File = "/d/postgresql.auto.conf", Line = 3, BelowChanged = "40" } } };

        Assert.That(Parity.Order(new("max_connections", 40, 30), "server2", "server3", standby)[0], Does.EndWith("on server3, take line 3 out of /d/postgresql.auto.conf (max_connections = '30')"));
        Assert.That(Parity.Order(new("max_connections", 60, 30), "server2", "server3", standby)[1], Does.EndWith("at the end of /d/postgresql.conf: max_connections = '60'"));
    }

    [Test]
    public void A_diff_of_a_running_server_and_of_files_shows_only_what_is_different()
    {
        var running = Running(150000, Set("DateStyle", "ISO, MDY"), Set("shared_buffers", "2048", "8kB"), Set("wal_keep_size", "1024", "MB"), Set("log_rotation_age", "43200", "min"), Set("TimeZone", "UTC"), Set("work_mem", "4096", "kB"));
        var files = Files(150000) with { Values = new Dictionary<string, SettingValue> { ["datestyle"] = InFile("iso, mdy"), ["shared_buffers"] = InFile("16MB"), ["wal_keep_size"] = InFile("1GB"), ["log_rotation_age"] = InFile("43200"), ["timezone"] = InFile("Etc/UTC"), ["work_mem"] = InFile("8MB") } };

        Assert.That(LineDiff.Of(SettingsText.Lines(running), SettingsText.Lines(files, running)), Is.EqualTo(new[] { "- work_mem = 4096 kB", "+ work_mem = 8MB" }));
        Assert.That(LineDiff.Of(SettingsText.Lines(files), SettingsText.Lines(running, files)), Is.EqualTo(new[] { "- work_mem = 8MB", "+ work_mem = 4096 kB" }));

        static (string, SettingValue) Set(string name, string value, string? unit = null) => (name, new(value, unit) { Origin = "configuration file" });
        static SettingValue InFile(string value) => new(value) { InFiles = value };
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
