using CsCheck;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class CoverageProofTests
{
    private static readonly ListedRelation[] Relations =
    [
        Table(1, "big"), Table(2, "parent", 'p'), Table(3, "part"), Table(4, "foreign", 'f'), Table(5, "seq", 'S'), Table(6, "view", 'v'), Table(7, "matview", 'm'),
        Table(8, "settings") with { Extension = "e", IsConfiguration = true, IsFiltered = true }, Table(9, "internal") with { Extension = "e" }, Table(10, "ext_seq", 'S') with { Extension = "e" },
    ];

    private static readonly Dictionary<long, long> Rows = new() { [1] = 10, [3] = 0, [8] = 4 };

    [Test]
    public void A_set_that_holds_all_of_it_once_is_proven() => Assert.That(Judge(Big(), Rest(), Definitions()), Is.Empty);

    [Test]
    public void Nothing_is_proven_of_rows_that_nobody_counted() =>
        Assert.That(CoverageProof.Judge(Relations, new Dictionary<long, long>(), null, [Big(), Rest(), Definitions()]), Is.Empty);

    [Test]
    public void A_hole_is_named_with_the_file_that_should_have_it() =>
        Assert.That(Judge(Big() with { Contents = Contents() }, Rest(), Definitions()), Is.EqualTo(new[] { "s.big: no file holds its rows, big.dump should." }));

    [Test]
    public void A_table_that_no_plan_knows_is_a_hole_too() =>
        Assert.That(CoverageProof.Judge([.. Relations, Table(99, "made_later")], Rows, 2, [Big(), Rest(), Definitions()]), Is.EqualTo(new[] { "s.made_later: no file holds its rows." }));

    [Test]
    public void An_overlap_is_named_with_its_files() =>
        Assert.That(Judge(Big(), Rest(new DumpRows(1, 10)), Definitions()), Is.EqualTo(new[] { "s.big: its rows are there 2 times: big.dump, rest.dump." }));

    [Test]
    public void Rows_twice_in_one_file_are_an_overlap() =>
        Assert.That(Judge(Big() with { Contents = Contents(new DumpRows(1, 10), new(1, 10)) }, Rest(), Definitions()).Single(), Does.Contain("there 2 times"));

    [Test]
    public void Rows_in_another_file_than_planned_are_wrong_since_a_restore_goes_by_the_plan() =>
        Assert.That(Judge(Big() with { Contents = Contents() }, Rest(new DumpRows(1, 10)), Definitions()), Is.EqualTo(new[] { "s.big: its rows are in rest.dump, not in big.dump as planned." }));

    [TestCase(9), TestCase(11)]
    public void Another_number_of_rows_than_the_snapshots_is_wrong(int rows) =>
        Assert.That(Judge(Big() with { Contents = Contents(new DumpRows(1, rows)) }, Rest(), Definitions()), Is.EqualTo(new[] { $"s.big: big.dump holds {rows} rows, and the snapshot had 10." }));

    [Test]
    public void A_conditional_configuration_table_may_have_fewer_rows_and_never_more()
    {
        Assert.That(Judge(Big(), Rest(), Definitions()), Is.Empty, "it holds 3 of 4");
        var more = Rest() with { Contents = Rest().Contents with { Tables = [new(3, 0), new(8, 5)] } };
        Assert.That(Judge(Big(), more, Definitions()).Single(), Does.Contain("s.settings").And.Contain("holds 5 rows, and the snapshot had 4"));
    }

    [TestCase(2, "partitioned")]
    [TestCase(4, "another server's")]
    [TestCase(9, "the extension e")]
    [TestCase(6, "no table")]
    [TestCase(77, "does not have (77)")]
    public void Rows_of_what_has_none_are_named(long oid, string why) => Assert.That(Judge(Big(), Rest(new DumpRows(oid, 1)), Definitions()).Single(), Does.Contain(why).And.Contain("rest.dump"));

    [Test]
    public void Definitions_hold_no_contents()
    {
        var file = Definitions() with { Contents = Contents() with { Sequences = [new("s", "seq", 1, false)] } };
        Assert.That(Judge(Big(), Rest(), file), Is.EqualTo(new[] { "definitions.dump is to hold definitions only, and holds contents." }));
    }

    [Test]
    public void A_sequence_without_a_value_is_a_hole_and_two_values_of_different_moments_are_not()
    {
        var twice = Big() with { Contents = Big().Contents with { Sequences = [new("s", "seq", 99, true)] } };
        Assert.That(Judge(twice, Rest(), Definitions()), Is.Empty);
        var none = Rest() with { Contents = Rest().Contents with { Sequences = [] } };
        Assert.That(Judge(Big(), none, Definitions()), Is.EqualTo(new[] { "s.seq: no file holds the value of this sequence." }));
    }

    [Test]
    public void Values_of_unknown_sequences_and_two_values_in_one_file_are_wrong()
    {
        SetSequence[] values = [new("s", "seq", 5, true), new("s", "seq", 6, true), new("s", "other", 1, true)];
        var file = Rest() with { Contents = Rest().Contents with { Sequences = values } };
        Assert.That(Judge(Big(), file, Definitions()), Is.EqualTo(new[] { "s.other: rest.dump holds the value of a sequence that the database does not have.", "s.seq: rest.dump holds two values of this sequence." }));
    }

    [Test]
    public void Large_objects_are_in_one_file_and_as_many_as_there_were()
    {
        Assert.That(Judge(Big() with { Contents = Big().Contents with { LargeObjects = [1, 2] } }, Rest(), Definitions()), Is.EqualTo(new[] { "Large objects are in 2 files: big.dump, rest.dump." }));
        var one = Rest() with { Contents = Rest().Contents with { LargeObjects = [1] } };
        Assert.That(Judge(Big(), one, Definitions()), Is.EqualTo(new[] { "The files hold 1 large objects, and the snapshot had 2." }));
        var again = Rest() with { Contents = Rest().Contents with { LargeObjects = [1, 2, 2] } };
        Assert.That(Judge(Big(), again, Definitions()), Is.EqualTo(new[] { "rest.dump holds 1 large objects twice." }));
    }

    [Test]
    public void What_a_files_reading_found_is_passed_on() =>
        Assert.That(Judge(Big() with { Contents = Big().Contents with { Problem = "big.dump: broken" } }, Rest(), Definitions()), Is.EqualTo(new[] { "big.dump: broken" }));

    [Test]
    public void A_view_that_is_not_there_is_named() =>
        Assert.That(Judge(Big(), Rest() with { Contents = Rest().Contents with { Views = [7, 6] } }, Definitions()).Single(), Does.Contain("materialized view").And.Contain("(6)"));

    [Test]
    public void Of_several_values_of_a_sequence_the_furthest_is_kept()
    {
        DumpContents[] files = [Contents() with { Sequences = [new("s", "up", 5, true), new("s", "down", -9, true), new("s", "fresh", 1, false)] }, Contents() with { Sequences = [new("s", "up", 7, true), new("s", "down", -3, true), new("s", "fresh", 1, true)] }];
        Assert.That(SequenceValues.Merge(files, new HashSet<(string, string)> { ("s", "down") }), Is.EqualTo(new SetSequence[] { new("s", "down", -9, true), new("s", "fresh", 1, true), new("s", "up", 7, true) }));
    }

    [Test]
    public void Whatever_is_missing_twice_or_another_number_is_found_and_nothing_else()
    {
        Gen.Select(Gen.Select(Gen.Int[0, 4], Gen.Long[0, 3]).Array[1, 30], Gen.Int[0, 29], Gen.Int[0, 4]).Sample((tables, victim, kind) =>
        {
            victim %= tables.Length;
            ListedRelation[] relations = [.. tables.Select((_, index) => Table(index + 1, $"t{index}"))];
            var rows = relations.ToDictionary(relation => relation.Oid, relation => tables[relation.Oid - 1].Item2);
            ReadDump[] files = [.. Enumerable.Range(0, 5).Select(file => relations.Where(relation => tables[relation.Oid - 1].Item1 == file).Select(relation => relation.Oid).ToArray() is var held
                ? new ReadDump($"f{file}", UnitKind.Tables, held, Contents([.. held.Select(oid => new DumpRows(oid, rows[oid]))])) : null!)];
            Assert.That(CoverageProof.Judge(relations, rows, 0, files), Is.Empty);

            var (at, oid) = (tables[victim].Item1, victim + 1L);
            var held = files[at].Contents.Tables.ToList();
            var own = held.FindIndex(table => table.Oid == oid);
            switch (kind)
            {
                case 0:
                    held.RemoveAt(own);
                    break;
                case 1:
                    held.Add(held[own]);
                    break;
                case 2:
                    held[own] = held[own] with { Rows = held[own].Rows + 1 };
                    break;
                case 3:
                    held[own] = held[own] with { Rows = held[own].Rows - 1 };
                    break;
                default:
                    var other = (at + 1) % files.Length;
                    files[other] = files[other] with { Contents = Contents([.. files[other].Contents.Tables, held[own]]) };
                    held.RemoveAt(own);
                    break;
            }

            files[at] = files[at] with { Contents = Contents([.. held]) };
            Assert.That(CoverageProof.Judge(relations, rows, 0, files), Has.Count.EqualTo(1).And.All.StartsWith($"s.t{victim}: "));
        }, iter: 2000);
    }

    private static IReadOnlyList<string> Judge(params ReadDump[] files) => CoverageProof.Judge(Relations, Rows, 2, files);

    private static ReadDump Big() => new("big.dump", UnitKind.Tables, [1], Contents(new DumpRows(1, 10)));

    private static ReadDump Rest(params DumpRows[] more) =>
        new("rest.dump", UnitKind.Rest, [3, 8], Contents([new(3, 0), new(8, 3), .. more]) with { Sequences = [new("s", "seq", 5, true)], LargeObjects = [1, 2], Views = [7] });

    private static ReadDump Definitions() => new("definitions.dump", UnitKind.Definitions, [], Contents());

    private static DumpContents Contents(params DumpRows[] tables) => new(tables, [], [], [], null);

    private static ListedRelation Table(long oid, string name, char kind = 'r') => new(oid, "s", name, kind, oid, 0);
}
