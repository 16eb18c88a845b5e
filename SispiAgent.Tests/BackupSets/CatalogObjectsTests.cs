using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

[Category("Postgres")]
internal sealed class CatalogObjectsTests
{
    private const string More = """
        CREATE ROLE reader; CREATE ROLE "Odd Owner";
        CREATE TYPE trees.mood AS ENUM ('sad', 'it''s ok', 'happy');
        CREATE DOMAIN trees.positive AS int DEFAULT 1 CHECK (VALUE > 0);
        CREATE TYPE trees.span AS RANGE (subtype = float8);
        CREATE TYPE trees.pair AS (a int, b text);
        CREATE FUNCTION trees.twice(int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
        CREATE FUNCTION trees.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE AGGREGATE trees.total(int) (sfunc = int4pl, stype = int, initcond = '0');
        CREATE OPERATOR trees.%% (leftarg = int, rightarg = int, function = int4mod);
        CREATE TABLE trees.things (id int PRIMARY KEY, m trees.mood, p trees.positive, n text COLLATE "C", parent int REFERENCES trees.things ON DELETE CASCADE, CHECK (n <> 'x' AND id IN (1, 2, 3) OR id > 5), EXCLUDE USING btree (n WITH =));
        CREATE INDEX "odd idx" ON trees.things (lower(n), id DESC) WHERE id > 3;
        CREATE STATISTICS trees.stat ON id, n FROM trees.things;
        CREATE TRIGGER watch BEFORE INSERT ON trees.things FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION trees.watch();
        CREATE RULE nothing AS ON DELETE TO trees.things WHERE OLD.id = 1 DO INSTEAD NOTHING;
        ALTER TABLE trees.things ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON trees.things FOR SELECT TO reader USING (id > 2);
        GRANT SELECT (id), UPDATE (n) ON trees.things TO reader; ALTER TABLE trees.things OWNER TO "Odd Owner"; REVOKE ALL ON trees.empty FROM postgres;
        ALTER DEFAULT PRIVILEGES IN SCHEMA trees GRANT SELECT ON TABLES TO reader; COMMENT ON TABLE trees.things IS 'a comment'; COMMENT ON COLUMN trees.things.n IS 'of a column';
        CREATE PUBLICATION few FOR TABLE trees.things, trees.base WHERE (a > 1);
        CREATE FUNCTION trees.log() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER log ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION trees.log();
        """;

    [Test]
    public async Task Everything_is_the_same_after_dump_and_restore_and_each_change_is_named()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await HostileDatabase.FillAsync(server, withConfiguration: false);
        await server.ExecuteAsync(More);
        using var folder = new TempFolder();
        await HostileDatabase.DumpAsync(server, folder["all.dump"]);
        await server.ExecuteAsync("CREATE DATABASE again TEMPLATE template0");
        await ToolRunner.RunToSuccessAsync(new ToolCommand(server.Installation.Program("pg_restore"), ["-d", "again", folder["all.dump"]]) { Environment = HostileDatabase.Environment(server) }, default);

        var before = await ReadAsync(server, "postgres");
        var after = await ReadAsync(server, "again");
        var same = ObjectDifferences.Compare(before, after);

        Assert.That(same.Problems, Is.Empty);
        Assert.That(same.Remarks, Is.SubsetOf(new[] { "constraint things_check on trees.things: the server writes its definition in other words than it did" }));
        Assert.That(before.Select(item => item.Kind).Distinct(), Is.SupersetOf(new[] { "table", "columns", "view", "materialized view", "foreign table", "composite type", "constraint", "index", "trigger", "rule", "sequence", "policy", "schema", "function", "type", "domain", "labels of", "range", "extension", "event trigger", "default privileges", "comment on", "publication", "operator", "server", "statistics object", "large objects of" }));
        await File.WriteAllTextAsync(folder["objects.tsv"], CatalogObjects.Write(before));
        Assert.That(CatalogObjects.ReadFile(folder["objects.tsv"]), Is.EqualTo(before));

        foreach (var (change, named) in Changes)
        {
            await server.ExecuteAsync(change, "again");
            var changed = await ReadAsync(server, "again");
            Assert.That(ObjectDifferences.Compare(after, changed).Problems, Has.Some.StartsWith(named), change);
            after = changed;
        }
    }

    private static readonly (string Change, string Named)[] Changes =
    [
        ("DROP INDEX trees.\"odd idx\"", "index trees.\"odd idx\" is missing"),
        ("ALTER TABLE trees.things DROP CONSTRAINT things_parent_fkey", "constraint things_parent_fkey on trees.things is missing"),
        ("ALTER TABLE trees.things ALTER n TYPE varchar(30)", "columns trees.things: not as in the set"),
        ("ALTER TABLE trees.things DISABLE TRIGGER watch", "trigger watch on trees.things: not as in the set"),
        ("ALTER TABLE trees.things OWNER TO postgres", "table trees.things: not as in the set"),
        ("REVOKE SELECT (id) ON trees.things FROM reader", "columns trees.things: not as in the set"),
        ("ALTER TYPE trees.mood ADD VALUE 'worse'", "labels of trees.mood: not as in the set"),
        ("ALTER DOMAIN trees.positive SET NOT NULL", "domain trees.positive: not as in the set"),
        ("CREATE OR REPLACE FUNCTION trees.twice(int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 3'", "function trees.twice(integer): not as in the set"),
        ("DROP EVENT TRIGGER log", "event trigger log is missing"),
        ("COMMENT ON TABLE trees.things IS 'another'", "comment on table trees.things: not as in the set"),
        ("ALTER SEQUENCE \"do.t\".\"free one\" CYCLE", "sequence \"do.t\".\"free one\": not as in the set"),
        ("CREATE TABLE trees.extra (a int)", "table trees.extra is not in the set"),
        ("ALTER PUBLICATION few DROP TABLE trees.base", "publication few: not as in the set"),
        ("DROP POLICY mine ON trees.things", "policy mine on trees.things is missing"),
        ("SELECT lo_unlink(4711)", "large objects of postgres: not as in the set"),
    ];

    [Test]
    public async Task Every_version_can_be_read([ValueSource(typeof(Versions), nameof(Versions.Majors))] int major)
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(major));
        await server.ExecuteAsync("CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''))");
        var found = await ReadAsync(server, "postgres");
        Assert.That(found.Select(item => $"{item.Kind} {item.Identity}"), Is.SupersetOf(new[] { "table public.t", "columns public.t", "index public.t_pkey", "constraint t_b_check on public.t", "schema public" }));
    }

    private static async Task<IReadOnlyList<CatalogObject>> ReadAsync(ScratchServer server, string database)
    {
        await using var connection = await server.OpenAsync(database, default);
        var version = connection.PostgreSqlVersion;
        return await CatalogObjects.ReadAsync(connection, (version.Major * 10000) + version.Minor, default);
    }
}
