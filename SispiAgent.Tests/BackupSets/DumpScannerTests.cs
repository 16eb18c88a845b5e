using System.Text;
using CsCheck;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class DumpScannerTests
{
    private const string Dump = """
        --
        -- PostgreSQL database dump
        --

        \restrict ab;'"c

        SET statement_timeout = 0;
        SET client_encoding = 'UTF8';
        SET standard_conforming_strings = on;
        SELECT pg_catalog.set_config('search_path', '', false);

        --
        -- Data for Name: it's; Type: TABLE DATA; Schema: s; Owner: -
        --

        COPY s."it's; \\ ""COPY
        x" (id, "a;b") FROM stdin;
        1	SELECT pg_catalog.setval('s.not', 1, true);
        COPY s.t (id) FROM stdin;
        \\.
        \\.x
        '"
        \.


        COPY s.empty  FROM stdin;
        \.


        COPY s.no_columns  FROM stdin;


        \.


        BEGIN;

        SELECT pg_catalog.lo_open('4711', 131072);
        SELECT pg_catalog.lowrite(0, '\x4142');
        SELECT pg_catalog.lo_close(0);

        SELECT pg_catalog.lo_open('4294967295', 131072);
        SELECT pg_catalog.lo_close(0);

        COMMIT;

        SELECT pg_catalog.setval('s.plain_seq', 12, true);
        SELECT pg_catalog.setval('"a.b""c"."it''s; \ 
        é"', -9223372036854775808, false);
        SELECT pg_catalog.setval(E'"back\\slash".seq', 7, true);

        --
        -- PostgreSQL database dump complete
        --

        \unrestrict ab

        """;

    private static readonly SetSequence[] Expected =
    [
        new("s", "plain_seq", 12, true), new("a.b\"c", "it's; \\ \né", long.MinValue, false), new("back\\slash", "seq", 7, true),
    ];

    [Test]
    public void Rows_sequences_and_large_objects_are_found_however_the_bytes_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Dump.ReplaceLineEndings("\n"));
        Gen.Int[1, 40].Array[1, 400].Sample(lengths =>
        {
            var scanner = new DumpScanner();
            for (var (at, piece) = (0, 0); at < bytes.Length; piece++)
            {
                var length = Math.Min(lengths[piece % lengths.Length], bytes.Length - at);
                scanner.Feed(bytes.AsSpan(at, length));
                at += length;
            }

            AssertExpected(scanner);
        }, iter: 2000);
        AssertExpected(Scan(Dump));
    }

    [Test]
    public void Windows_line_ends_make_no_difference()
    {
        // within names and literals pg_restore on Windows writes the carriage return too: names with line breaks are not expected there
        var scanner = Scan("COPY s.t (a) FROM stdin;\r\n1\r\n2\r\n\\.\r\n\r\nSELECT pg_catalog.setval('s.q', 3, false);\r\n");
        Assert.That((scanner.Blocks.Single(), scanner.Sequences.Single(), scanner.IsComplete), Is.EqualTo((2L, new SetSequence("s", "q", 3, false), true)));
    }

    [TestCase("SET search_path = \"My Schema\", pg_catalog;\nSELECT pg_catalog.setval('\"a b\"', 5, true);\n", "My Schema", "a b", TestName = "of 9.x: the schema is the search path's")]
    [TestCase("SET standard_conforming_strings = off;\nSELECT pg_catalog.setval('s.\"back\\\\slash\\'\"', 5, true);\n", "s", "back\\slash'", TestName = "without standard strings")]
    [TestCase("SET standard_conforming_strings = off;\nSET x = 'a\\'; b';\nSELECT pg_catalog.setval('s.a', 5, true);\n", "s", "a", TestName = "an escaped quote before it")]
    [TestCase("SET x = E'a\\'; ''b';\nSELECT pg_catalog.setval('s.a', 5, true);\n", "s", "a", TestName = "an escaped quote in a text with E")]
    public void A_sequence_is_read_as_every_version_writes_it(string dump, string schema, string name)
    {
        var scanner = Scan(dump);
        Assert.That((scanner.Sequences.SingleOrDefault(), scanner.Unread, scanner.IsComplete), Is.EqualTo((new SetSequence(schema, name, 5, true), 0, true)));
    }

    [Test]
    public void Names_are_read_in_the_encoding_of_the_dump()
    {
        var scanner = new DumpScanner();
        scanner.Feed([.. "SET client_encoding = 'LATIN1';\nSELECT pg_catalog.setval('s.\"caf"u8, 0xE9, .. "\"', 1, false);\n"u8]);
        Assert.That(scanner.Sequences.Single().Name, Is.EqualTo("café"));
    }

    [Test]
    public void A_large_object_is_also_found_where_it_is_created_in_the_same_statement() =>
        Assert.That(Scan("SELECT pg_catalog.lo_open(pg_catalog.lo_create('42'), 131072);\n").LargeObjects, Is.EqualTo(new[] { 42L }));

    [TestCase("SELECT pg_catalog.setval('s.q', x, true);\n")]
    [TestCase("SELECT pg_catalog.setval('a.b.c', 1, true);\n")]
    [TestCase("SELECT pg_catalog.setval('s.q', 1);\n")]
    [TestCase("SELECT pg_catalog.lo_open(x, 131072);\n")]
    public void What_it_does_not_understand_is_counted_and_not_passed_over(string dump) => Assert.That(Scan(dump).Unread, Is.EqualTo(1));

    [Test]
    public void An_end_in_the_middle_is_seen()
    {
        var whole = Dump.ReplaceLineEndings("\n");
        Assert.That(Scan(whole[..whole.IndexOf("'\"\n", StringComparison.Ordinal)]).IsComplete, Is.False, "in rows");
        Assert.That(Scan(whole[..(whole.IndexOf("BEGIN;", StringComparison.Ordinal) + 3)]).IsComplete, Is.False, "in a statement");
    }

    [Test]
    public void Differences_from_the_table_of_contents_are_said()
    {
        var scanner = Scan(Dump);
        Assert.That(DumpReading.Differs(new([1, 2, 3], 3, [], true), scanner), Is.Null);
        Assert.That(DumpReading.Differs(new([1, 2], 3, [], true), scanner), Does.Contain("rows of 2 tables").And.Contain("those of 3"));
        Assert.That(DumpReading.Differs(new([1, 2, 3], 4, [], true), scanner), Does.Contain("values of 4 sequences"));
        Assert.That(DumpReading.Differs(new([1, 2, 3], 3, [], false), scanner), Does.Contain("large objects"));
        Assert.That(DumpReading.Differs(new([], 0, [], false), Scan("COPY a (b) FROM stdin;\n1\n")), Does.Contain("in the middle"));
        Assert.That(DumpReading.Differs(new([], 0, [], false), Scan("SELECT pg_catalog.setval('s.q', 1);\n")), Does.Contain("can't be read"));
    }

    [Test]
    public void Rows_are_counted_whatever_is_in_them()
    {
        string[] pieces = ["COPY a FROM stdin;", "\\\\.", "\\N", "'", "\"", ";", "--", "x", "\t", "\\n", "SELECT pg_catalog.setval('a.b', 1, true);", "é"];
        Gen.Select(Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]).Array[0, 5].Select(string.Concat).Array[0, 20], Gen.Int[1, 7]).Sample((rows, length) =>
        {
            var bytes = Encoding.UTF8.GetBytes($"COPY s.t (a) FROM stdin;\n{string.Concat(rows.Select(row => row + "\n"))}\\.\n");
            var scanner = new DumpScanner();
            foreach (var chunk in bytes.Chunk(length))
                scanner.Feed(chunk);
            Assert.That((scanner.Blocks.Single(), scanner.Sequences.Count, scanner.IsComplete), Is.EqualTo(((long)rows.Length, 0, true)));
        }, iter: 3000);
    }

    private static void AssertExpected(DumpScanner scanner)
    {
        Assert.That(scanner.Blocks, Is.EqualTo(new[] { 5L, 0L, 2L }));
        Assert.That(scanner.Sequences, Is.EqualTo(Expected));
        Assert.That(scanner.LargeObjects, Is.EqualTo(new[] { 4711L, 4294967295L }));
        Assert.That((scanner.IsComplete, scanner.Unread), Is.EqualTo((true, 0)));
    }

    private static DumpScanner Scan(string dump)
    {
        var scanner = new DumpScanner();
        scanner.Feed(Encoding.UTF8.GetBytes(dump));
        return scanner;
    }
}
