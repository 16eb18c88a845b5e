namespace SispiAgent.Room;

/// <summary>How a version shows its sequences.</summary>
/// <param name="HasCatalog">Whether <c>pg_sequence</c> lists them: from 10; before, each is a relation of one row to be read by itself.</param>
internal sealed record KeysDialect(bool HasCatalog)
{
    /// <summary>The rules of a version.</summary>
    public static KeysDialect For(int version) => new(version >= 100000);

    /// <summary>The databases to look at; a limit of -2 marks one whose DROP DATABASE was interrupted, and nobody can connect to it.</summary>
    public const string Databases = "SELECT datname::text FROM pg_database WHERE datallowconn AND datconnlimit <> -2 AND NOT datistemplate AND has_database_privilege(datname, 'CONNECT') ORDER BY 1";

    /// <summary>
    /// Small integer columns that are keys by themselves, with the largest value that the statistics know: the tables themselves are not
    /// touched for those that are far from the end. Schema, table, column, bytes, largest value, the schema and table that the column comes
    /// from, whether that is partitioned by it.
    /// </summary>
    public string Columns => $"""
        SELECT q.nspname::text, q.relname::text, q.attname::text, q.attlen::bigint, q.last, n.nspname::text, c.relname::text, {IsPartitionKey}
        FROM (SELECT n.nspname, c.relname, a.attname, a.attlen, bounds.last, {Top("a")} AS top
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                JOIN (SELECT schemaname, tablename, attname, max(v[array_upper(v, 1)]) AS last
                    FROM (SELECT schemaname, tablename, attname, histogram_bounds::text::bigint[] AS v FROM pg_stats s
                        WHERE histogram_bounds IS NOT NULL AND EXISTS (
                            SELECT 1 FROM pg_attribute t JOIN pg_class k ON k.oid = t.attrelid JOIN pg_namespace m ON m.oid = k.relnamespace
                            WHERE m.nspname = s.schemaname AND k.relname = s.tablename AND t.attname = s.attname AND t.atttypid IN (21, 23))
                        OFFSET 0) AS numbers
                    GROUP BY 1, 2, 3) AS bounds ON bounds.schemaname = n.nspname AND bounds.tablename = c.relname AND bounds.attname = a.attname
            WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnatts = 1 AND a.atttypid IN (21, 23) AND n.nspname NOT IN ('pg_catalog', 'information_schema')) q
            JOIN pg_class c ON c.oid = q.top JOIN pg_namespace n ON n.oid = c.relnamespace
        """;

    /// <summary>
    /// Sequences with the column that each gives values to: schema, name, column, its bytes, what begins an ALTER of the column (where it comes
    /// from) and of the sequence, that column's schema, table and name, whether its table is partitioned by it; from 10 also increment, minimum,
    /// maximum, cycle, last value.
    /// </summary>
    public string Sequences => $"""
        SELECT q.nspname::text, q.relname::text, q.feeds, q.attlen::bigint,
            coalesce('ALTER TABLE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ALTER COLUMN ' || quote_ident(q.attname), ''),
            'ALTER SEQUENCE ' || quote_ident(q.nspname) || '.' || quote_ident(q.relname), coalesce(n.nspname || '.' || c.relname || '.' || q.attname, ''), {IsPartitionKey}{(HasCatalog ? ", q.step, q.least, q.most, q.cycles, q.last" : "")}
        FROM (SELECT a.*, {Top("a")} AS top
            FROM (SELECT n.nspname, c.relname, coalesce(max(d.refobjid::regclass::text || '.' || a.attname), '') AS feeds, coalesce(min(a.attlen), 0) AS attlen,
                    max(a.attrelid) AS attrelid, max(a.attname::text) AS attname, coalesce(max(a.attinhcount), 0) AS attinhcount
                    {(HasCatalog ? """
                    , max(s.seqincrement) AS step, max(s.seqmin) AS least, max(s.seqmax) AS most, bool_or(s.seqcycle) AS cycles,
                    max(CASE WHEN has_sequence_privilege(c.oid, 'SELECT, USAGE') THEN pg_sequence_last_value(c.oid) END) AS last
                    """ : "")}
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    {(HasCatalog ? "JOIN pg_sequence s ON s.seqrelid = c.oid" : "")}
                    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
                    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.atttypid IN (20, 21, 23)
                WHERE c.relkind = 'S' AND NOT pg_is_other_temp_schema(n.oid)
                GROUP BY n.nspname, c.relname, c.oid) a) q
            LEFT JOIN pg_class c ON c.oid = q.top LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
        """;

    /// <summary>Whether the table that a column comes from is partitioned by it: PostgreSQL changes the type of no such column. Partitions came with 10.</summary>
    private string IsPartitionKey => HasCatalog
        ? "EXISTS (SELECT 1 FROM pg_partitioned_table p JOIN pg_attribute k ON k.attrelid = p.partrelid WHERE p.partrelid = q.top AND k.attname::text = q.attname::text AND k.attnum = ANY (p.partattrs))"
        : "false";

    /// <summary>The topmost table that a column comes from: PostgreSQL changes the type there for all children, and of no child by itself.</summary>
    private static string Top(string column) => $"""
        CASE WHEN {column}.attinhcount = 0 THEN {column}.attrelid ELSE (
            WITH RECURSIVE up(relation, depth) AS (
                SELECT {column}.attrelid, 0
                UNION ALL SELECT h.inhparent, up.depth + 1 FROM up JOIN pg_inherits h ON h.inhrelid = up.relation
                    JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname::text = {column}.attname::text AND NOT p.attisdropped)
            SELECT relation FROM up ORDER BY depth DESC, relation LIMIT 1) END
        """;

    /// <summary>One sequence before 10: increment, minimum, maximum, cycle, last value.</summary>
    public static string Sequence(string schema, string name) => $"SELECT increment_by, min_value, max_value, is_cycled, CASE WHEN is_called THEN last_value END FROM {Quoted(schema)}.{Quoted(name)}";

    /// <summary>A column's largest value: an index gives it at once.</summary>
    public static string Largest(string schema, string table, string column) => $"SELECT max({Quoted(column)})::bigint FROM {Quoted(schema)}.{Quoted(table)}";

    /// <summary>What begins an ALTER of a column.</summary>
    public static string AlterColumn(string schema, string table, string column) => $"ALTER TABLE {Quoted(schema)}.{Quoted(table)} ALTER COLUMN {Quoted(column)}";

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
