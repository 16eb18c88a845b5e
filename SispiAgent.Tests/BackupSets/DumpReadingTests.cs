using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

[Category("Postgres")]
internal sealed class DumpReadingTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly TempFolder _folder = new();

    [Test]
    public async Task Every_unit_of_a_hostile_database_is_proven_and_each_gap_is_found()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await HostileDatabase.FillAsync(server);
        await using var connection = await server.OpenAsync("postgres", default);
        var relations = await HostileDatabase.RelationsAsync(connection);
        var rows = await HostileDatabase.CountAsync(connection, relations);
        List<ReadDump> files = [];
        foreach (var unit in UnitPlan.Divide("postgres", relations, new UnitRules(true, [new UnitGroup("x", [TablePattern.Parse("trees.o*")])], 100_000), 0, hasStrictNames: true))
        {
            await HostileDatabase.DumpAsync(server, _folder[unit.File], [.. unit.Arguments]);
            files.Add(new(unit.File, unit.Kind, [.. unit.Relations.Select(relation => relation.Oid)], await ReadAsync(server, unit.File)));
        }

        Assert.That(CoverageProof.Judge(relations, rows, 3, files), Is.Empty);
        Assert.That(files.Sum(file => file.Contents.Tables.Count), Is.EqualTo(rows.Count));
        Assert.That(files.Single(file => file.Kind is UnitKind.Rest).Contents.LargeObjects, Is.EquivalentTo(new[] { 4711L, 4712L, 4294967290L }));
        Assert.That(files.SelectMany(file => file.Contents.Views), Has.One.Items);
        Assert.That(SequenceValues.Merge(files.Select(file => file.Contents), new HashSet<(string, string)>()).Single(sequence => sequence.Schema == "new\nline" && sequence.Name.EndsWith("_seq", StringComparison.Ordinal)), Has.Property("Value").EqualTo(6L));

        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Contents.Tables.Count > 0)
                Assert.That(CoverageProof.Judge(relations, rows, 3, [.. files[..i], .. files[(i + 1)..]]), Has.Count.GreaterThanOrEqualTo(files[i].Contents.Tables.Count), $"without {files[i].File}");
        }

        Assert.That(CoverageProof.Judge(relations, rows, 3, [.. files, files[^1] with { File = "again" }]), Is.Not.Empty);
    }

    [Test]
    public async Task A_whole_database_in_one_file_is_proven_whatever_it_is_compressed_with([Values("-Z0", "-Z1", "-Z9")] string compression)
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await HostileDatabase.FillAsync(server);
        await using var connection = await server.OpenAsync("postgres", default);
        var relations = await HostileDatabase.RelationsAsync(connection);
        await HostileDatabase.DumpAsync(server, _folder["whole"], compression);
        var contents = await ReadAsync(server, "whole");
        Assert.That(CoverageProof.Judge(relations, await HostileDatabase.CountAsync(connection, relations), 3, [new("whole", UnitKind.Whole, [], contents)]), Is.Empty);
        var sequences = relations.Where(relation => relation.Kind == 'S' && relation.Extension is null).Select(sequence => (sequence.Schema, sequence.Name));
        Assert.That(contents.Sequences.Select(sequence => (sequence.Schema, sequence.Name)), Is.EquivalentTo(sequences));
    }

    [Test]
    public async Task The_units_of_an_older_server_are_proven_with_a_newer_pg_dump([Values(10, 11, 12, 13, 14, 15)] int major)
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(major));
        await HostileDatabase.FillNamesAsync(server);
        await server.ExecuteAsync("""
            CREATE SCHEMA trees; CREATE TABLE trees.parent (k int) PARTITION BY LIST (k); CREATE TABLE trees.one PARTITION OF trees.parent FOR VALUES IN (1); CREATE TABLE "Case Mixed".two PARTITION OF trees.parent FOR VALUES IN (2);
            INSERT INTO trees.parent SELECT 1 + i % 2 FROM generate_series(1, 100) i; CREATE TABLE trees.nothing (); INSERT INTO trees.nothing DEFAULT VALUES; SELECT lo_from_bytea(4711, 'x'); SELECT lo_create(4712);
            CREATE MATERIALIZED VIEW trees.summary AS SELECT count(*) FROM trees.parent;
            """);
        await using var connection = await server.OpenAsync("postgres", default);
        var relations = await HostileDatabase.RelationsAsync(connection);
        List<ReadDump> files = [];
        foreach (var unit in UnitPlan.Divide("postgres", relations, new UnitRules(true, [], 1000), 0, hasStrictNames: true))
        {
            await HostileDatabase.DumpAsync(Requires.Postgres(), server, _folder[unit.File], [.. unit.Arguments]);
            files.Add(new(unit.File, unit.Kind, [.. unit.Relations.Select(relation => relation.Oid)], await DumpReading.ReadAsync(Requires.Postgres(), _folder[unit.File], Limit, ToolPriority.Normal, default)));
        }

        Assert.That(CoverageProof.Judge(relations, await HostileDatabase.CountAsync(connection, relations), 2, files), Is.Empty);
        Assert.That(files, Has.Count.GreaterThan(20));
    }

    [TestCase("LATIN1", "caf\u00e9")]
    [TestCase("EUC_JP", "\u65e5\u672c")]
    [TestCase("SQL_ASCII", "caf\u00e9")]
    public async Task Names_in_a_database_of_another_encoding_are_read(string encoding, string name)
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync($"CREATE DATABASE other ENCODING '{encoding}' TEMPLATE template0");
        await server.ExecuteAsync($"CREATE SCHEMA \"{name}\"; CREATE TABLE \"{name}\".\"{name}\" (\"{name}\" serial, b text); INSERT INTO \"{name}\".\"{name}\" (b) VALUES ('{name}')", "other");
        await using var connection = await server.OpenAsync("other", default);
        var relations = await HostileDatabase.RelationsAsync(connection);
        await HostileDatabase.DumpAsync(server, _folder["whole"], "other");
        var contents = await ReadAsync(server, "whole");
        Assert.That(CoverageProof.Judge(relations, await HostileDatabase.CountAsync(connection, relations), 0, [new("whole", UnitKind.Whole, [], contents)]), Is.Empty);
        Assert.That(contents.Sequences.Single().Schema, Is.EqualTo(name));
    }

    [Test]
    public async Task A_cut_file_a_flipped_byte_and_another_files_contents_are_found()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE TABLE a AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i; CREATE TABLE b AS SELECT * FROM a; SELECT lo_from_bytea(0, decode(repeat('ab', 100000), 'hex'))");
        await HostileDatabase.DumpAsync(server, _folder["whole"], "-Z1");
        var whole = await File.ReadAllBytesAsync(_folder["whole"]);
        Assert.That((await ReadAsync(server, "whole")).Problem, Is.Null);

        foreach (var length in new[] { 0, 3, 100, whole.Length / 10, whole.Length / 2, whole.Length - 1000, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(_folder["cut"], whole[..length]);
            Assert.That((await ReadAsync(server, "cut")).Problem, Does.StartWith("cut: "), $"cut to {length} of {whole.Length} bytes");
        }

        foreach (var at in Enumerable.Range(1, 8).Select(i => (int)(whole.Length * (0.1 + (i * 0.1)))))
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x10;
            await File.WriteAllBytesAsync(_folder["flipped"], flipped);
            Assert.That((await ReadAsync(server, "flipped")).Problem, Does.StartWith("flipped: "), $"byte {at} of {whole.Length}");
        }

        await using var connection = await server.OpenAsync("postgres", default);
        var relations = await HostileDatabase.RelationsAsync(connection);
        await HostileDatabase.DumpAsync(server, _folder["b"], "-t", "b");
        long a = relations.Single(relation => relation.Name == "a").Oid, b = relations.Single(relation => relation.Name == "b").Oid;
        var contents = await ReadAsync(server, "b");
        Assert.That(CoverageProof.Judge(relations, new Dictionary<long, long>(), null, [new("a", UnitKind.Tables, [a], contents), new("b", UnitKind.Tables, [b], contents)]),
            Has.Count.EqualTo(2).And.Some.Contains("public.a: no file holds its rows, a should").And.Some.Contains("public.b: its rows are there 2 times: a, b"));
    }

    [Test]
    public async Task What_is_no_dump_is_a_problem_and_no_exception()
    {
        var tools = Requires.Postgres();
        await File.WriteAllTextAsync(_folder["text"], "-- PostgreSQL database dump\nCOPY a FROM stdin;\n\\.\n");
        Assert.That((await DumpReading.ReadAsync(tools, _folder["text"], Limit, ToolPriority.Normal, default)).Problem, Does.StartWith("text: pg_restore can't read its table of contents (exit code 1)"));
        Assert.That((await DumpReading.ReadAsync(tools, _folder["missing"], Limit, ToolPriority.Normal, default)).Problem, Does.Contain("exit code 1"));
        Assert.That((await DumpReading.ReadAsync(new PostgresInstallation(_folder["none"], 15), _folder["text"], Limit, ToolPriority.Normal, default)).Problem, Does.StartWith("text: ").And.Contain("could not be started"));
    }

    [Test, NonParallelizable]
    public async Task Memory_stays_flat_however_long_the_dump_and_its_rows_are()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync(@"CREATE TABLE wide AS SELECT repeat(E'\\.\nx', 2500000) AS a FROM generate_series(1, 20); CREATE TABLE narrow AS SELECT i FROM generate_series(1, 2000000) i");
        await HostileDatabase.DumpAsync(server, _folder["large"], "-Z0");
        Assert.That(new FileInfo(_folder["large"]).Length, Is.GreaterThan(300_000_000));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var contents = await ReadAsync(server, "large");
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.That((contents.Problem, contents.Tables.Sum(table => table.Rows)), Is.EqualTo(((string?)null, 2_000_020L)));
        Assert.That(allocated, Is.LessThan(20_000_000));
    }

    public void Dispose() => _folder.Dispose();

    private Task<DumpContents> ReadAsync(ScratchServer server, string file) => DumpReading.ReadAsync(server.Installation, _folder[file], Limit, ToolPriority.Normal, default);
}
