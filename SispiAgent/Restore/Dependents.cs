using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>What else in a living database would go on pointing at schemas and tables that are moved or dropped.</summary>
internal static class Dependents
{
    /// <summary>Names it, one object each: <c>view keep.v</c>, <c>constraint c on table keep.t</c>. What belongs to the tables themselves is none: indexes, own sequences, partitions.</summary>
    /// <param name="target">The server.</param>
    /// <param name="database">The database.</param>
    /// <param name="schemas">The schemas, with all that is in them.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="mark">A restore's own mark, which counts for nothing; empty: there is none.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static Task<List<string>> ReadAsync(RestoreTarget target, string database, IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, string mark, CancellationToken cancellationToken) =>
        target.ReadAsync(database, Query(schemas, tables, mark), row => row.GetString(0), cancellationToken);

    /// <summary>What refers to schemas and tables in one database, and is not there in the other; named with schemas, whatever search path either has.</summary>
    public static async Task<IReadOnlyList<string>> LostAsync(RestoreTarget target, string model, string database, IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, string mark, CancellationToken cancellationToken)
    {
        var query = $"SET search_path = pg_catalog; {Query(schemas, tables, mark)}";
        var there = await target.ReadAsync(model, query, row => row.GetString(0), cancellationToken);
        return [.. there.Except(await target.ReadAsync(database, query, row => row.GetString(0), cancellationToken))];
    }

    private static string Query(IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, string mark) => $"""
        WITH RECURSIVE own (class, object) AS (
          SELECT d.classid, d.objid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_namespace n ON n.oid = d.refobjid WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.deptype = 'n' AND n.nspname IN ({Names(schemas)})
          UNION SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname::text, c.relname::text) IN ({Pairs(tables)})
          UNION SELECT d.classid, d.objid FROM own o JOIN pg_catalog.pg_depend d ON d.refclassid = o.class AND d.refobjid = o.object WHERE d.deptype NOT IN ('n', 'e', 'x'))
        SELECT DISTINCT CASE WHEN v.oid IS NOT NULL THEN pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, v.oid, 0) ELSE pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) END
        FROM own o JOIN pg_catalog.pg_depend d ON d.refclassid = o.class AND d.refobjid = o.object AND d.deptype = 'n'
        LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid LEFT JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm') LEFT JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
        WHERE NOT EXISTS (SELECT 1 FROM own WHERE own.class = d.classid AND own.object = d.objid) AND NOT EXISTS (SELECT 1 FROM own WHERE own.class = 'pg_catalog.pg_class'::regclass AND own.object = v.oid) AND vn.nspname IS DISTINCT FROM {SqlName.Literal(mark)}
        ORDER BY 1
        """;

    /// <summary>Publications that name the schemas or tables: they would go on publishing what is moved.</summary>
    public static async Task<IReadOnlyList<string>> PublicationsAsync(RestoreTarget target, string database, IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, CancellationToken cancellationToken)
    {
        if (target.Version < 100000)
            return [];
        var ofSchemas = target.Version >= 150000 ? $"UNION SELECT 'publication ' || quote_ident(p.pubname) FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_namespace r ON r.pnpubid = p.oid JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid WHERE n.nspname IN ({Names(schemas)})" : "";
        return await target.ReadAsync(database, $"""
            SELECT 'publication ' || quote_ident(p.pubname) FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ({Names(schemas)}) OR (n.nspname::text, c.relname::text) IN ({Pairs(tables)}) {ofSchemas}
            """, row => row.GetString(0), cancellationToken);
    }

    private static string Names(IReadOnlyList<string> schemas) => schemas.Count == 0 ? "NULL" : string.Join(", ", schemas.Select(SqlName.Literal));

    /// <summary>Tables as a list in SQL.</summary>
    public static string Pairs(IReadOnlyList<(string Schema, string Name)> tables) => tables.Count == 0 ? "(NULL, NULL)" : string.Join(", ", tables.Select(table => $"({SqlName.Literal(table.Schema)}, {SqlName.Literal(table.Name)})"));
}
