using System.Text.Json.Nodes;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class EncodingTests
{
    [TestCase("LATIN1")]
    [TestCase("SQL_ASCII")]
    [TestCase("UTF8")]
    public async Task A_divided_database_of_any_encoding_is_dumped_by_names_that_are_not_ascii(string encoding)
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["other"] = new JsonObject() } });
        await site.Server.ExecuteAsync($"CREATE DATABASE other ENCODING '{encoding}' TEMPLATE template0");
        await site.Server.ExecuteAsync("CREATE SCHEMA \"café\"; CREATE TABLE \"café\".\"año\" (id serial, b text); INSERT INTO \"café\".\"año\" (b) VALUES ('ñ'); CREATE TABLE plain (a int)", "other");

        var set = (await site.RunAsync()).Set;

        var other = set.Manifest.Databases.Single(database => database.Name == "other");
        Assert.That(other.Units.Select(unit => unit.Kind), Is.EquivalentTo(new[] { UnitKind.Definitions, UnitKind.Schema, UnitKind.Schema, UnitKind.Rest }));
        Assert.That(other.Sequences.Single(), Is.EqualTo(new SetSequence("café", "año_id_seq", 1, true)));
        Assert.That(other.Tables.Single(table => table.Schema == "café").Rows, Is.EqualTo(1));
    }
}
