using SispiAgent.Conformance;

namespace SispiAgent.Tests.Conformance;

internal sealed class SettingRuleTests
{
    [TestCase("log_rotation_age", "min", "43200", "43200", true)]
    [TestCase("log_rotation_age", "min", "43200", "30d", true)]
    [TestCase("log_rotation_age", null, "30d", "43200", true)]
    [TestCase("log_rotation_age", "min", "1440", "43200", false)]
    [TestCase("wal_keep_size", "MB", "1024", "1024MB", true)]
    [TestCase("wal_keep_size", null, "1GB", "1024MB", true)]
    [TestCase("wal_keep_size", "MB", "1024", "1GB", true)]
    [TestCase("logging_collector", null, "on", "true", true)]
    [TestCase("logging_collector", null, "off", "on", false)]
    [TestCase("search_path", null, "constants, telemetry, \"$user\", public", "constants,telemetry,\"$user\",public", true)]
    [TestCase("search_path", null, "telemetry, constants", "constants,telemetry", false)]
    [TestCase("timezone", null, "utc", "UTC", true)]
    [TestCase("wal_level", null, "hot_standby", "replica", true)]
    [TestCase("wal_level", null, "replica", "hot_standby", false)]
    [TestCase("wal_level", null, "minimal", "replica", false)]
    [TestCase("timezone", null, "Etc/UTC", "UTC", true)]
    [TestCase("timezone", null, "America/Santiago", "UTC", false)]
    [TestCase("log_filename", null, "postgresql-%Y-%m.log", "postgresql-%Y-%m.log", true)]
    [TestCase("max_connections", null, "100", "400", false)]
    public void Values_are_compared_by_what_they_mean(string name, string? unit, string actual, string wanted, bool equal) =>
        Assert.That(SettingRule.IsEqual(name, unit, actual, wanted), Is.EqualTo(equal));

    [TestCase("wal_level", "hot_standby", 90500, "wal_level", "hot_standby")]
    [TestCase("wal_level", "hot_standby", 90600, "wal_level", "replica")]
    [TestCase("wal_level", "hot_standby", 150018, "wal_level", "replica")]
    [TestCase("wal_keep_segments", "64", 120000, "wal_keep_segments", "64")]
    [TestCase("wal_keep_segments", "64", 130000, "wal_keep_size", "1024MB")]
    public void A_setting_that_a_version_renamed_is_followed(string name, string value, int version, string nameThere, string valueThere) =>
        Assert.That(SettingRule.ForVersion(name, value, version), Is.EqualTo((nameThere, valueThere)));
}
