using CsCheck;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class UnitPlanTests
{
    private static readonly UnitRules Guide = new(true, [new UnitGroup("monsoon", [TablePattern.Parse("telemetry.monsoon*")])], 1000);

    [Test]
    public void The_guides_database_is_divided_as_the_guide_says()
    {
        var units = Divide(Table(1, "telemetry", "monsoon_temperature"), Table(2, "telemetry", "monsoon_pressure"), Table(3, "telemetry", "weather"), Table(4, "exposure", "image", 5000), Table(5, "exposure", "exposure"), Table(6, "obstac", "plan"));
        Assert.That(units.Select(unit => unit.Name), Is.EqualTo(new[] { "definitions", "table exposure.image", "group monsoon", "schema exposure", "schema obstac", "schema telemetry", "rest" }));
        Assert.That(units.Select(unit => string.Join(',', unit.Relations.Select(relation => relation.Oid))), Is.EqualTo(new[] { "", "4", "1,2", "5", "6", "3", "" }));
        Assert.That(units[1].Arguments, Is.EqualTo(new[] { "--strict-names", "--table=\"exposure\".\"image\"" }));
        Assert.That(units[3].Arguments, Is.EqualTo(new[] { "--strict-names", "--schema=\"exposure\"", "--exclude-table=\"exposure\".\"image\"" }));
        Assert.That(units[6].Arguments, Is.EqualTo(new[] { "--exclude-schema=\"exposure\"", "--exclude-schema=\"obstac\"", "--exclude-schema=\"telemetry\"" }));
        Assert.That(units.Select(unit => unit.File), Is.EqualTo(new[]
        {
            "d.definitions.dump", "d.table.exposure.image.dump", "d.group.monsoon.dump", "d.schema.exposure.dump", "d.schema.obstac.dump", "d.schema.telemetry.dump", "d.rest.dump",
        }));
    }

    [Test]
    public void A_schema_whose_tables_are_all_taken_stays_in_rest_without_them()
    {
        var rest = Divide(Table(1, "telemetry", "monsoon_a"), Table(2, "big", "big", 9999))[^1];
        Assert.That(rest.Arguments, Is.EqualTo(new[] { "--exclude-table=\"telemetry\".\"monsoon_a\"", "--exclude-table=\"big\".\"big\"" }));
    }

    [Test]
    public void A_partition_tree_is_never_cut()
    {
        ListedRelation[] tree = [Table(1, "s", "parent", 0) with { Kind = 'p' }, Table(2, "s", "p1", 600) with { Root = 1 }, Table(3, "s", "p2", 600) with { Root = 1 }];
        var large = Divide([.. tree, Table(4, "s", "other")]);
        Assert.That(large[1].Name, Is.EqualTo("table s.parent"));
        Assert.That(large[1].Relations.Select(relation => relation.Oid), Is.EqualTo(new[] { 2L, 3L }));
        Assert.That(large[1].Arguments, Has.Count.EqualTo(4));
        Assert.That(large[2].Arguments, Has.Count.EqualTo(5), "the schema without the whole tree");

        var across = Divide(Table(1, "a", "parent", 0) with { Kind = 'p' }, Table(2, "b", "part") with { Root = 1 }, Table(3, "b", "other"));
        Assert.That(across.Select(unit => unit.Name), Is.EqualTo(new[] { "definitions", "table a.parent", "schema b", "rest" }).Or.EqualTo(new[] { "definitions", "schema b", "table a.parent", "rest" }));
    }

    [Test]
    public void Rows_of_an_extensions_configuration_go_with_its_schema_and_others_nowhere()
    {
        var units = Divide(Table(1, "public", "own"), Table(2, "public", "settings") with { Extension = "e", IsConfiguration = true }, Table(3, "public", "internal") with { Extension = "e" }, Table(4, "ext", "settings") with { Extension = "e", IsConfiguration = true });
        Assert.That(units.Single(unit => unit.Kind is UnitKind.Schema).Relations.Select(relation => relation.Oid), Is.EqualTo(new[] { 1L, 2L }));
        Assert.That(units[^1].Relations.Select(relation => relation.Oid), Is.EqualTo(new[] { 4L }));
    }

    [Test]
    public void Whatever_there_is_every_table_is_in_exactly_one_unit_and_names_are_unique()
    {
        var name = One("a", "B", "a.b", "rest", "monsoon_1", "telemetry", "x\ny", "-n", "é*|?");
        var relation = Gen.Select(name, name, One('r', 'p', 'm', 'v', 'S', 'f'), Gen.Long[0, 3000], Gen.Int[0, 6], Gen.Int[0, 4]);
        relation.Array[0, 25].Sample(drawn =>
        {
            ListedRelation[] relations = [.. drawn.Select((item, index) => new ListedRelation(index + 1, item.Item1, $"{item.Item2}{index}", item.Item3, 1, item.Item4)
            {
                Root = item.Item5 > 0 && item.Item5 <= index && item.Item3 is 'r' && drawn[item.Item5 - 1].Item3 is 'p' ? item.Item5 : index + 1,
                Extension = item.Item6 == 0 ? "e" : null,
            })];
            var units = UnitPlan.Divide("d", relations, Guide, 10, hasStrictNames: true);
            Assert.That(units.SelectMany(unit => unit.Relations).Select(held => held.Oid).Order(), Is.EqualTo(relations.Where(held => held.HasRows).Select(held => held.Oid)));
            Assert.That(units.Select(unit => unit.Name), Is.Unique);
            Assert.That(units.Select(unit => unit.File.ToLowerInvariant()), Is.Unique);
        }, iter: 3000);
    }

    [Test]
    public void Fifty_thousand_tables_are_planned()
    {
        ListedRelation[] relations = [.. Enumerable.Range(1, 50_000).Select(i => Table(i, $"s{i % 40}", $"t{i}", i % 1500))];
        Assert.That(UnitPlan.Divide("d", relations, Guide, 0, true).Sum(unit => unit.Relations.Count), Is.EqualTo(50_000));
    }

    [Test]
    public void An_undivided_database_is_one_file() => Assert.That(UnitPlan.Divide("d", [Table(1, "a", "b", 99999)], UnitRules.Whole, 0, true).Single().Arguments, Is.Empty);

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static IReadOnlyList<PlannedUnit> Divide(params ListedRelation[] relations) => UnitPlan.Divide("d", relations, Guide, 0, hasStrictNames: true);

    private static ListedRelation Table(long oid, string schema, string name, long bytes = 100) => new(oid, schema, name, 'r', oid, bytes);
}
