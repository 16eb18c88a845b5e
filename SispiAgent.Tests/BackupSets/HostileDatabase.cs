using Npgsql;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Tests.BackupSets;

/// <summary>A database with everything that makes dumps hard to read, and its dumps.</summary>
internal static class HostileDatabase
{
    public static readonly string[] Names =
    [
        "q\"uo\"te", "Case Mixed", "do.t", " sp  ace ", "sla/sh\\back", "100%s", "st*r?", "pi|pe", "ünï-☃-ß", new string('x', 61) + "é", "-dash", "new\nline", "it's", "$1", "semi;colon", "@p:x", "DATA", "SET", "a\tb",
    ];

    public static async Task FillAsync(ScratchServer server, bool withConfiguration = true, string database = "postgres")
    {
        await FillNamesAsync(server, database);
        await server.ExecuteAsync($"""
            CREATE SCHEMA trees;
            CREATE TABLE trees.parent (k int, v text) PARTITION BY LIST (k);
            CREATE TABLE trees.one PARTITION OF trees.parent FOR VALUES IN (1);
            CREATE TABLE trees.more PARTITION OF trees.parent FOR VALUES IN (2) PARTITION BY LIST (k);
            CREATE TABLE {SqlName.Quote(Names[0])}.far PARTITION OF trees.more FOR VALUES IN (2);
            CREATE TABLE trees.rest PARTITION OF trees.parent DEFAULT;
            INSERT INTO trees.parent SELECT i % 4, repeat('x', i) FROM generate_series(1, 500) i;
            CREATE TABLE trees.base (a int); CREATE TABLE trees.child (b int) INHERITS (trees.base); INSERT INTO trees.base VALUES (1); INSERT INTO trees.child VALUES (2, 3), (4, 5);
            CREATE TABLE trees.nothing (); INSERT INTO trees.nothing DEFAULT VALUES; INSERT INTO trees.nothing DEFAULT VALUES;
            CREATE TABLE trees.empty (a int);
            CREATE UNLOGGED TABLE trees.unlogged (a int); INSERT INTO trees.unlogged VALUES (1);
            CREATE TABLE trees.odd (gone int, a float8, b bytea, c timestamptz, d interval, g float8 GENERATED ALWAYS AS (a * 2) STORED, t text);
            INSERT INTO trees.odd (a, b, c, d, t) SELECT random(), decode(md5(i::text), 'hex'), now() + i * interval '1 day', i * interval '1 hour', CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE i::text END FROM generate_series(1, 1000) i;
            ALTER TABLE trees.odd DROP COLUMN gone;
            CREATE TABLE trees.wide (a text); INSERT INTO trees.wide SELECT repeat(E'\\.\n', 1500000) FROM generate_series(1, 3);
            CREATE MATERIALIZED VIEW trees.summary AS SELECT count(*) FROM trees.parent;
            CREATE VIEW trees.seen AS SELECT * FROM trees.parent;
            SELECT lo_from_bytea(4711, 'x'), lo_from_bytea(4712, ''), lo_from_bytea(4294967290, decode(repeat('00', 300000), 'hex'));
            CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE trees.abroad (a int) SERVER elsewhere;
            """, database);

        if (withConfiguration)
            await ExtendAsync(server, database);
    }

    /// <summary>A schema, a table, an identity, a serial and a free sequence of each name.</summary>
    public static async Task FillNamesAsync(ScratchServer server, string database = "postgres")
    {
        foreach (var name in Names.Select(SqlName.Quote))
        {
            await server.ExecuteAsync($"""
                CREATE SCHEMA {name};
                CREATE TABLE {name}.{name} ({name} bigserial PRIMARY KEY, "and an/other" text DEFAULT 'd');
                INSERT INTO {name}.{name} ("and an/other") VALUES (NULL), (''), (E'\\.'), (E'a\nb'), (E'\\.\nCOPY x (y) FROM stdin;\n\\.\n'), ('SELECT pg_catalog.setval(''a.b'', 1, true);');
                CREATE TABLE {name} (id int GENERATED ALWAYS AS IDENTITY); INSERT INTO {name} DEFAULT VALUES;
                CREATE SEQUENCE {name}."free one" INCREMENT -1;
                """, database);
        }
    }

    private static async Task ExtendAsync(ScratchServer server, string database)
    {
        // No extension of PostgreSQL's own has configuration tables: one is given some.
        await server.ExecuteAsync("""
            CREATE EXTENSION hstore;
            CREATE TABLE public.all_settings (a int); INSERT INTO public.all_settings VALUES (1), (2);
            CREATE TABLE trees.some_settings (a int); INSERT INTO trees.some_settings VALUES (1), (2), (3);
            CREATE TABLE public.internals (a serial); INSERT INTO public.internals DEFAULT VALUES;
            ALTER EXTENSION hstore ADD TABLE public.all_settings; ALTER EXTENSION hstore ADD TABLE trees.some_settings; ALTER EXTENSION hstore ADD TABLE public.internals; ALTER EXTENSION hstore ADD SEQUENCE public.internals_a_seq;
            UPDATE pg_extension SET extconfig = ARRAY['public.all_settings'::regclass::oid, 'trees.some_settings'::regclass::oid], extcondition = ARRAY['', 'WHERE a > 1'] WHERE extname = 'hstore';
            """, database);
    }

    public static async Task<IReadOnlyList<ListedRelation>> RelationsAsync(NpgsqlConnection connection) => await RelationReader.ReadAsync(connection, connection.PostgreSqlVersion.Major * 10000, withSizes: true, default);

    public static async Task<Dictionary<long, long>> CountAsync(NpgsqlConnection connection, IEnumerable<ListedRelation> relations)
    {
        Dictionary<long, long> rows = [];
        foreach (var table in relations.Where(relation => relation.HasRows))
        {
            await using var count = new NpgsqlCommand($"SELECT count(*) FROM ONLY {table.Quoted}", connection);
            rows[table.Oid] = (long)(await count.ExecuteScalarAsync())!;
        }

        return rows;
    }

    public static Task DumpAsync(ScratchServer server, string file, params string[] arguments) => DumpAsync(server.Installation, server, file, arguments);

    public static Task DumpAsync(PostgresInstallation tools, ScratchServer server, string file, string[] arguments) =>
        ToolRunner.RunToSuccessAsync(new ToolCommand(tools.Program("pg_dump"), ["-Fc", "-f", file, .. arguments]) { Environment = Environment(server) }, default);

    public static IReadOnlyDictionary<string, string?> Environment(ScratchServer server, string database = "postgres") => new Dictionary<string, string?>
    {
        ["PGHOST"] = server.SocketDirectory, ["PGPORT"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), ["PGUSER"] = "postgres", ["PGDATABASE"] = database,
    };
}
