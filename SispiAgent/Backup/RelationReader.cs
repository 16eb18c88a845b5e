using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>Reads the relations of a database from its catalog. Waits for nobody: what somebody has locked exclusively is given the size of its last VACUUM or ANALYZE.</summary>
internal static class RelationReader
{
    /// <summary>Every relation that is not the system's and not another session's temporary one.</summary>
    /// <param name="connection">To the database.</param>
    /// <param name="version">The server's.</param>
    /// <param name="withSizes">Whether sizes are read: a look at the files of each.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<IReadOnlyList<ListedRelation>> ReadAsync(NpgsqlConnection connection, int version, bool withSizes, CancellationToken cancellationToken)
    {
        var parents = version >= 100000 ? await ParentsAsync(connection, cancellationToken) : [];
        var owners = await OwnersAsync(connection, cancellationToken);
        var members = version >= 90100 ? await MembersAsync(connection, cancellationToken) : [];
        return await CatalogReader.ReadAsync(connection, Query(version, withSizes), row =>
        {
            var oid = row.GetInt64(0);
            var member = members.GetValueOrDefault(oid);
            return new ListedRelation(oid, row.GetString(1), row.GetString(2), row.GetString(3)[0], row.GetInt64(4), row.GetInt64(6))
            {
                Root = Top(oid, parents),
                OwnedBy = owners.GetValueOrDefault(oid),
                IsUnlogged = row.GetBoolean(5),
                Extension = member?.Extension,
                IsConfiguration = member?.Condition is not null,
                IsFiltered = member?.Condition is { Length: > 0 },
            };
        }, cancellationToken);
    }

    /// <summary>What the large objects take.</summary>
    public static async Task<long> LargeObjectBytesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        long.Parse((await CatalogReader.TextAsync(connection, "SELECT pg_table_size('pg_catalog.pg_largeobject')::text", cancellationToken))!, System.Globalization.CultureInfo.InvariantCulture);

    private static string Query(int version, bool withSizes)
    {
        const string Locked = "c.oid IN (SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        var size = withSizes ? $"CASE WHEN c.relkind::text NOT IN ('r', 'm') THEN 0 WHEN {Locked} THEN c.relpages::bigint * current_setting('block_size')::bigint ELSE coalesce(pg_table_size(c.oid), 0) END" : "0::bigint";
        return $"""
            SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text, c.relfilenode::bigint, {(version >= 90100 ? "c.relpersistence = 'u'" : "false")}, {size}
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind::text IN ('r', 'p', 'm', 'v', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid
            """;
    }

    private static async Task<Dictionary<long, long>> ParentsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await CatalogReader.ReadAsync(connection,
        "SELECT i.inhrelid::bigint, i.inhparent::bigint FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relispartition",
        row => (Child: row.GetInt64(0), Parent: row.GetInt64(1)), cancellationToken)).ToDictionary(pair => pair.Child, pair => pair.Parent);

    private static async Task<Dictionary<long, long>> OwnersAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await CatalogReader.ReadAsync(connection, """
        SELECT d.objid::bigint, min(d.refobjid::bigint) FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind::text = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype::text IN ('a', 'i') GROUP BY 1
        """, row => (Sequence: row.GetInt64(0), Table: row.GetInt64(1)), cancellationToken)).ToDictionary(pair => pair.Sequence, pair => pair.Table);

    /// <summary>What belongs to extensions; the condition is null where pg_dump dumps no rows, and empty where it dumps all.</summary>
    private static async Task<Dictionary<long, Member>> MembersAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await CatalogReader.ReadAsync(connection, """
        SELECT d.objid::bigint, e.extname::text, (SELECT coalesce(e.extcondition[i], '') FROM generate_subscripts(e.extconfig, 1) i WHERE e.extconfig[i] = d.objid)
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
        """, row => (Oid: row.GetInt64(0), Member: new Member(row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2))), cancellationToken)).ToDictionary(entry => entry.Oid, entry => entry.Member);

    private static long Top(long oid, Dictionary<long, long> parents)
    {
        while (parents.TryGetValue(oid, out var parent))
            oid = parent;
        return oid;
    }

    private sealed record Member(string Extension, string? Condition);
}
