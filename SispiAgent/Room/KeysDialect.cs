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
    /// touched for those that are far from the end. Schema, table, column, bytes, largest value.
    /// </summary>
    public const string Columns = """
        SELECT n.nspname::text, c.relname::text, a.attname::text, a.attlen::bigint, bounds.last
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            JOIN (SELECT schemaname, tablename, attname, max(v[array_upper(v, 1)]) AS last
                FROM (SELECT schemaname, tablename, attname, histogram_bounds::text::bigint[] AS v FROM pg_stats s
                    WHERE histogram_bounds IS NOT NULL AND EXISTS (
                        SELECT 1 FROM pg_attribute t JOIN pg_class k ON k.oid = t.attrelid JOIN pg_namespace m ON m.oid = k.relnamespace
                        WHERE m.nspname = s.schemaname AND k.relname = s.tablename AND t.attname = s.attname AND t.atttypid IN (21, 23))
                    OFFSET 0) AS numbers
                GROUP BY 1, 2, 3) AS bounds ON bounds.schemaname = n.nspname AND bounds.tablename = c.relname AND bounds.attname = a.attname
        WHERE i.indisunique AND i.indnatts = 1 AND a.atttypid IN (21, 23) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """;

    /// <summary>Sequences with the column that each gives values to: schema, name, column, its bytes, what begins an ALTER of the column and of the sequence; from 10 also increment, minimum, maximum, cycle, last value.</summary>
    public string Sequences => $"""
        SELECT n.nspname::text, c.relname::text, coalesce(max(d.refobjid::regclass::text || '.' || a.attname), ''), coalesce(min(a.attlen), 0)::bigint,
            coalesce(max(CASE WHEN a.attname IS NOT NULL THEN 'ALTER TABLE ' || quote_ident(tn.nspname) || '.' || quote_ident(t.relname) || ' ALTER COLUMN ' || quote_ident(a.attname) END), ''),
            'ALTER SEQUENCE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
            {(HasCatalog ? """
            , max(s.seqincrement), max(s.seqmin), max(s.seqmax), bool_or(s.seqcycle),
            max(CASE WHEN has_sequence_privilege(c.oid, 'SELECT, USAGE') THEN pg_sequence_last_value(c.oid) END)
            """ : "")}
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            {(HasCatalog ? "JOIN pg_sequence s ON s.seqrelid = c.oid" : "")}
            LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
            LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.atttypid IN (20, 21, 23)
            LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
        WHERE c.relkind = 'S' AND NOT pg_is_other_temp_schema(n.oid)
        GROUP BY n.nspname, c.relname, c.oid
        """;

    /// <summary>One sequence before 10: increment, minimum, maximum, cycle, last value.</summary>
    public static string Sequence(string schema, string name) => $"SELECT increment_by, min_value, max_value, is_cycled, CASE WHEN is_called THEN last_value END FROM {Quoted(schema)}.{Quoted(name)}";

    /// <summary>A column's largest value: an index gives it at once.</summary>
    public static string Largest(string schema, string table, string column) => $"SELECT max({Quoted(column)})::bigint FROM {Quoted(schema)}.{Quoted(table)}";

    /// <summary>What begins an ALTER of a column.</summary>
    public static string AlterColumn(string schema, string table, string column) => $"ALTER TABLE {Quoted(schema)}.{Quoted(table)} ALTER COLUMN {Quoted(column)}";

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
