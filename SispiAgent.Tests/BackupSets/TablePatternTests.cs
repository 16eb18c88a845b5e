using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class TablePatternTests
{
    [TestCase("telemetry.monsoon*", "telemetry", "monsoon_temperature", true)]
    [TestCase("telemetry.monsoon*", "telemetry", "my_monsoon", false)]
    [TestCase("Telemetry.MONSOON*", "telemetry", "monsoon", true)]
    [TestCase("\"Telemetry\".x", "Telemetry", "x", true)]
    [TestCase("\"Telemetry\".x", "telemetry", "x", false)]
    [TestCase("*.x", "any\nthing", "x", true)]
    [TestCase("a.b?", "a", "bc", true)]
    [TestCase("a.b?", "a", "b", false)]
    [TestCase("a.\"b?\"", "a", "b?", true)]
    [TestCase("a.\"b?\"", "a", "bc", false)]
    [TestCase("a.(b|c)", "a", "c", true)]
    [TestCase("a.b|c", "a", "c", true)]
    [TestCase("a.\"b.c\"", "a", "b.c", true)]
    [TestCase("a.\"q\"\"q\"", "a", "q\"q", true)]
    [TestCase("a.b$", "a", "b$", true)]
    [TestCase("a.[bc]1", "a", "c1", true)]
    public void Patterns_mean_what_they_mean_to_pg_dump(string pattern, string schema, string table, bool matches) => Assert.That(TablePattern.Parse(pattern).Matches(schema, table), Is.EqualTo(matches));

    [TestCase("monsoon")]
    [TestCase("a.b.c")]
    [TestCase("a.\"b")]
    [TestCase("a.(b")]
    [TestCase(".b")]
    [TestCase("")]
    public void What_is_no_pattern_is_refused(string pattern) => Assert.That(() => TablePattern.Parse(pattern), Throws.InstanceOf<FormatException>());
}
