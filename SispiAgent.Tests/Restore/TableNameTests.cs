using SispiAgent.BackupSets;
using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class TableNameTests
{
    [TestCase("exposure.exposure", "exposure", "exposure")]
    [TestCase("Exposure.Exposure", "Exposure", "Exposure")]
    [TestCase("keep.\"a.b\"", "keep", "a.b")]
    [TestCase("\"Odd Schema\".\"a.\"\"b\"\"\"", "Odd Schema", "a.\"b\"")]
    [TestCase("\" \".' --", " ", "' --")]
    public void A_schema_and_a_table_are_read_as_SQL_writes_them(string text, string schema, string name) => Assert.That(TableName.TryParse(text), Is.EqualTo(new SetView(schema, name)));

    [TestCase("")]
    [TestCase("exposure")]
    [TestCase("exposure.")]
    [TestCase(".exposure")]
    [TestCase("a.b.c")]
    [TestCase("a.\"b")]
    [TestCase("\"\".b")]
    public void Anything_else_is_none(string text) => Assert.That(TableName.TryParse(text), Is.Null);
}
