using SispiAgent.Conformance;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

/// <summary>The guide against what real servers of 9.0 to 18 printed and had in their files; those of 9.x can't be started here.</summary>
internal sealed class RecordedSettingsTests
{
    private readonly TempFolder _folder = new();

    private static string[] All => Recorded.Versions("settings.tsv");

    private static IEnumerable<string> Nines => All.Where(version => version.StartsWith("9.", StringComparison.Ordinal));

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Every_version_is_recorded() => Assert.That(All, Is.SupersetOf(new[] { "9.0", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "10", "18" }));

    [TestCaseSource(nameof(All))]
    public void Defaults_and_what_takes_a_restart_are_as_the_server_itself_says_in(string version)
    {
        string[] asked = [.. GuidedHost.Guide.Settings.Keys, "wal_keep_size", "hot_standby", "max_prepared_transactions", "max_locks_per_transaction", "max_worker_processes", "track_commit_timestamp"];
        foreach (var (name, value) in Server(version).Values.Where(entry => asked.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)))
        {
            Assert.That(SettingDefaults.TakesRestart(name), Is.EqualTo(value.TakesRestart), name);
            if (value.Origin == "default")
                Assert.That(SettingRule.IsEqual(name, value.Unit, SettingDefaults.Of(name, Recorded.Number(version)) ?? "not known", value.Value), Is.True, $"{name}: {value.Value}");
        }
    }

    /// <summary>The recorded servers have the guide's replication and nothing else of it.</summary>
    [TestCaseSource(nameof(Nines))]
    public void What_a_server_has_otherwise_than_the_guide_is_found_and_nothing_else_in(string version)
    {
        var findings = SettingJudge.Judge("server2", Server(version), GuidedHost.Guide.For("server2")).ToArray();

        Assert.That(findings.Select(finding => finding.Subject), Is.EquivalentTo(new[]
        {
            "server2/listen_addresses", "server2/max_connections", "server2/logging_collector", "server2/log_filename", "server2/log_truncate_on_rotation", "server2/log_rotation_age", "server2/search_path",
            "server2/wal_keep_segments",
        }));
        var kept = findings.Single(finding => finding.Subject == "server2/wal_keep_segments");
        Assert.That(kept.Evidence, Has.Some.EqualTo("was: 16").And.Some.EqualTo("should be: 64"));
        Assert.That(kept.Remedy, Has.Some.EqualTo("On server2, at the end of /raid2/database/sispi_db/postgresql.conf: wal_keep_segments = '64'").And.Some.EqualTo("Then: pg_ctl reload -D /raid2/database/sispi_db"));
    }

    [TestCaseSource(nameof(Nines))]
    public void A_standby_without_SQL_is_judged_by_its_files_in(string version)
    {
        File.WriteAllText(_folder["PG_VERSION"], $"{version}\n");
        File.WriteAllLines(_folder["pg_hba.conf"], GuidedHost.Lines);
        File.WriteAllLines(_folder["postgresql.conf"], GuidedHost.Guide.Settings.Select(setting => $"{setting.Key} = '{setting.Value}'"));
        File.WriteAllText(_folder["recovery.conf"], Recorded.Text(version, "standby.recovery.conf"));
        Assert.That(Found(), Is.Empty);

        File.AppendAllText(_folder["postgresql.conf"], "max_connections = 100 # as it was\nwal_keep_segments = 16\n");
        Assert.That(Found(), Is.EqualTo(new[] { "server3/max_connections", "server3/wal_keep_segments" }));

        IEnumerable<string> Found() => SettingJudge.Judge("server3", SettingsReader.FromFiles(_folder.Folder), GuidedHost.Guide.For("server3")).Select(finding => finding.Subject);
    }

    /// <summary>What binds a standby, between a recorded primary and one with less.</summary>
    [TestCase("9.0", "max_connections,max_locks_per_transaction,max_prepared_transactions")]
    [TestCase("9.3", "max_connections,max_locks_per_transaction,max_prepared_transactions")]
    [TestCase("9.6", "max_connections,max_locks_per_transaction,max_prepared_transactions,max_worker_processes")]
    [TestCase("11", "max_connections,max_locks_per_transaction,max_prepared_transactions,max_worker_processes")]
    [TestCase("12", "max_connections,max_locks_per_transaction,max_prepared_transactions,max_wal_senders,max_worker_processes")]
    public void What_binds_a_standby_is_compared_in(string version, string names)
    {
        var primary = Server(version);
        var standby = primary with { Values = primary.Values.ToDictionary(entry => entry.Key, entry => entry.Key.StartsWith("max_", StringComparison.Ordinal) ? entry.Value with { Value = "7" } : entry.Value) };

        Assert.That(Parity.Differences(primary, standby).Select(one => one.Name).Order(StringComparer.Ordinal), Is.EqualTo(names.Split(',')));
        Assert.That(Parity.Differences(primary, primary), Is.Empty);
    }

    [TestCaseSource(nameof(All))]
    public void A_change_is_a_line_that_went_and_one_that_came_in(string version)
    {
        var before = Server(version);
        var after = before with { Values = before.Values.ToDictionary(entry => entry.Key, entry => entry.Key == "max_connections" ? entry.Value with { Value = "40" } : entry.Value) };

        Assert.That(LineDiff.Of(SettingsText.Lines(before), SettingsText.Lines(after)), Is.EqualTo(new[] { "- max_connections = 100", "+ max_connections = 40" }));
    }

    private static ServerSettings Server(string version) => new(
        Recorded.Number(version),
        Recorded.Table(version, "settings.tsv").ToDictionary(
            row => row["name"], row => new SettingValue(row["setting"], row["unit"].Length > 0 ? row["unit"] : null) { Origin = row["source"], TakesRestart = row["context"] == "postmaster" }, StringComparer.OrdinalIgnoreCase),
        null, "the running server") { IsRunning = true, DataDirectory = "/raid2/database/sispi_db" };
}
