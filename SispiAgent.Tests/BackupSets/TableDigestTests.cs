using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

[Category("Postgres")]
internal sealed class TableDigestTests
{
    private const string OtherDefaults = """
        ALTER DATABASE other SET datestyle = 'German, DMY'; ALTER DATABASE other SET intervalstyle = 'iso_8601'; ALTER DATABASE other SET timezone = 'America/Santiago'; ALTER DATABASE other SET extra_float_digits = -10;
        ALTER DATABASE other SET bytea_output = 'escape'; ALTER DATABASE other SET xmlbinary = 'hex'; ALTER DATABASE other SET search_path = 'trees', 'public'; ALTER DATABASE other SET quote_all_identifiers = on;
        ALTER DATABASE other SET statement_timeout = '1h';
        """;

    [Test]
    public async Task Every_table_has_the_same_digest_after_dump_and_restore_into_a_database_with_other_defaults()
    {
        using var folder = new TempFolder();
        await using var server = await PostgresServers.StartPrimaryAsync();
        await HostileDatabase.FillAsync(server, withConfiguration: false);
        await server.ExecuteAsync("""
            CREATE TYPE trees.pair AS (a int, "b c" text); CREATE TYPE trees.mood AS ENUM ('sad', 'it''s');
            CREATE TABLE trees.types (m money, x xml, r regclass, n numeric, f real, j jsonb, a text[], p trees.pair, o trees.mood, e tstzrange, i inet, z timestamptz, q text COLLATE "C");
            """);
        await server.ExecuteAsync("""
            INSERT INTO trees.types SELECT (i * 1.5)::numeric::money, '<a>b</a>', 'trees.odd', i / 3.0, i / 3.0, '{"b": 1, "a": [null]}', ARRAY['a,b', NULL, ''], (i, 'x"y')::trees.pair, 'it''s', tstzrange(now(), now() + interval '1 month'), '10.0.0.1/8', now(), 'ß'
            FROM generate_series(1, 100) i
            """);
        await server.ExecuteAsync("DO $$ DECLARE o oid; f int; BEGIN o := lo_create(815); f := lo_open(o, 131072); PERFORM lo_lseek(f, 1000000, 0); PERFORM lowrite(f, 'end'); PERFORM lo_lseek(f, 5000, 0); PERFORM lowrite(f, 'middle'); END $$");
        await HostileDatabase.DumpAsync(server, folder["dump"]);
        await server.ExecuteAsync("CREATE DATABASE other");
        await server.ExecuteAsync("SELECT lo_create(0); CREATE TABLE moves_the_oids (a int); DROP TABLE moves_the_oids", "other");
        await server.ExecuteAsync("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", "other");
        await ToolRunner.RunToSuccessAsync(new ToolCommand(server.Installation.Program("pg_restore"), ["-d", "other", folder["dump"]]) { Environment = HostileDatabase.Environment(server) }, default);
        await server.ExecuteAsync("UPDATE trees.odd SET a = a WHERE t = ''; UPDATE trees.types SET n = n WHERE n < 5", "other");
        await server.ExecuteAsync(OtherDefaults);

        var source = await DigestsAsync(server, "postgres");
        var restored = await DigestsAsync(server, "other");
        Assert.That(restored, Is.EqualTo(source));
        Assert.That(source, Has.Count.GreaterThan(40));
        Assert.That(source["trees.nothing"].Rows, Is.EqualTo(2));
        Assert.That(source["large objects"].Rows, Is.EqualTo(4));
        Assert.That(source.Values.Select(digest => digest.Digest), Has.All.StartsWith("v1:hx:"));

        foreach (var change in new[] { "UPDATE trees.types SET n = n + 0.0000001 WHERE n < 1", "UPDATE trees.odd SET t = NULL WHERE t = ''", "DELETE FROM trees.nothing WHERE ctid = '(0,1)'", "INSERT INTO trees.child VALUES (2, 3), (2, 3)" })
        {
            await server.ExecuteAsync(change);
            var changed = await DigestsAsync(server, "postgres");
            Assert.That(changed.Count(entry => entry.Value.Digest != source[entry.Key].Digest), Is.EqualTo(1), change);
            source = changed;
        }

        await server.ExecuteAsync("SELECT lo_put(815, 3000, 'y')");
        Assert.That((await DigestsAsync(server, "postgres"))["large objects"], Is.Not.EqualTo(source["large objects"]));
    }

    [Test]
    public async Task A_digest_tells_apart_what_differs_and_not_what_is_equal([ValueSource(typeof(Versions), nameof(Versions.Majors))] int major)
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(major));
        await server.ExecuteAsync("CREATE DATABASE other");
        await server.ExecuteAsync(OtherDefaults);
        await using var first = await server.OpenAsync("postgres", default);
        await using var second = await server.OpenAsync("other", default);
        string[] differ = ["('a', 'bc')", "('ab', 'c')", "('', 'x')", "(NULL, 'x')", "('x', '')", "('x', NULL)", "('\"', ',')", "(',', '\"')", "('a', 'bc'), ('a', 'bc')", "('a', 'bc'), ('a', 'bc'), ('a', 'bc')"];
        HashSet<string> seen = [];
        var digests = await TableDigests.PrepareAsync(first, major * 10000, default);
        var others = await TableDigests.PrepareAsync(second, major * 10000, default);
        await using (var limit = new NpgsqlCommand("SELECT current_setting('statement_timeout')", second))
            Assert.That(await limit.ExecuteScalarAsync(), Is.EqualTo("0"));
        foreach (var values in differ)
        {
            await server.ExecuteAsync($"DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (a text, b text); INSERT INTO public.t VALUES {values}");
            Assert.That(seen.Add((await digests.ReadAsync("public", "t", ["a", "b"], default)).Digest!), values);
        }

        await server.ExecuteAsync("CREATE TABLE public.d (x timestamptz, gone int, f float8, y bytea); INSERT INTO public.d SELECT '2026-01-01 00:00Z'::timestamptz + i * interval '24 hours', i, i / 7.0, decode(md5(i::text), 'hex') FROM generate_series(1, 500) i; ALTER TABLE public.d DROP COLUMN gone; SELECT lo_from_bytea(7, 'x')");
        await server.ExecuteAsync("CREATE TABLE public.d (y bytea, f float8, x timestamptz); INSERT INTO public.d SELECT decode(md5(i::text), 'hex'), i / 7.0, '2026-01-01 00:00Z'::timestamptz + i * interval '24 hours' FROM generate_series(500, 1, -1) i; SELECT lo_from_bytea(7, 'x')", "other");
        var one = await digests.ReadAsync("public", "d", ["x", "f", "y"], default);
        Assert.That(await others.ReadAsync("public", "d", ["y", "f", "x"], default), Is.EqualTo(one));
        Assert.That(one.Rows, Is.EqualTo(500));
        Assert.That(one.Digest, Does.StartWith(major >= 11 ? "v1:hx:" : "v1:md:"));
        Assert.That(await others.LargeObjectsAsync(default), Is.EqualTo(await digests.LargeObjectsAsync(default)).And.Property("Rows").EqualTo(1L));
        Assert.That((await TableColumns.ReadAsync(second, default)).Values.Single(), Is.EqualTo(new[] { "y", "f", "x" }));
    }

    [Test]
    public async Task A_column_that_is_computed_by_each_query_is_not_read_since_it_can_fail()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(18));
        await server.ExecuteAsync("CREATE TABLE t (a int, v int GENERATED ALWAYS AS (1 / a) VIRTUAL, s int GENERATED ALWAYS AS (a + 1) STORED); INSERT INTO t VALUES (0)");
        await using var connection = await server.OpenAsync("postgres", default);
        var columns = (await TableColumns.ReadAsync(connection, default)).Values.Single();
        Assert.That(columns, Is.EqualTo(new[] { "a", "s" }));
        Assert.That((await (await TableDigests.PrepareAsync(connection, 180000, default)).ReadAsync("public", "t", columns, default)).Rows, Is.EqualTo(1));
    }

    [Test]
    public async Task Thousands_of_tables_are_read_in_one_snapshot_without_keeping_their_locks()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE t%s (a serial PRIMARY KEY)', i); END LOOP; END $$");
        await using var connection = await server.OpenAsync("postgres", default);
        await ExecuteAsync(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        var digests = await TableDigests.PrepareAsync(connection, 150000, default);
        await digests.CountAsync("public", "t1", default);
        await server.ExecuteAsync("INSERT INTO t300 DEFAULT VALUES");
        for (var i = 1; i <= 300; i++)
            Assert.That(await digests.ReadAsync("public", $"t{i}", ["a"], default), Is.EqualTo(new TableDigest(0, "v1:hx:0")), "as the snapshot has it");
        await using var locks = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'", connection);
        Assert.That((long)(await locks.ExecuteScalarAsync())!, Is.LessThan(20));
    }

    [Test]
    public async Task A_row_that_is_too_long_for_the_server_is_counted_and_the_snapshot_goes_on()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE TABLE long AS SELECT repeat('\"', 540000000) AS a; CREATE TABLE short AS SELECT 1 AS a");
        await using var connection = await server.OpenAsync("postgres", default);
        await ExecuteAsync(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        var digests = await TableDigests.PrepareAsync(connection, 150000, default);
        Assert.That(await digests.ReadAsync("public", "long", ["a"], default), Is.EqualTo(new TableDigest(1, null)));
        Assert.That((await digests.ReadAsync("public", "short", ["a"], default)).Digest, Is.Not.Null);
    }

    [Test]
    public async Task Who_may_not_read_all_large_objects_gets_their_number_only()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE ROLE reader LOGIN; SELECT lo_create(0)");
        await using var connection = await server.OpenAsync("postgres", default);
        await ExecuteAsync(connection, "SET ROLE reader");
        Assert.That(await (await TableDigests.PrepareAsync(connection, 150000, default)).LargeObjectsAsync(default), Is.EqualTo(new TableDigest(1, null)));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<Dictionary<string, TableDigest>> DigestsAsync(ScratchServer server, string database)
    {
        await using var connection = await server.OpenAsync(database, default);
        var digests = await TableDigests.PrepareAsync(connection, 150000, default);
        var columns = await TableColumns.ReadAsync(connection, default);
        Dictionary<string, TableDigest> read = new() { ["large objects"] = await digests.LargeObjectsAsync(default) };
        foreach (var table in (await HostileDatabase.RelationsAsync(connection)).Where(relation => relation.HasRows))
            read[table.Shown] = await digests.ReadAsync(table.Schema, table.Name, columns.GetValueOrDefault(table.Oid, []), default);
        return read;
    }
}
