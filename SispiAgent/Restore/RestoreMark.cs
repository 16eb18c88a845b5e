using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>
/// By what a partial restore knows its own objects in a living database until it is finished, also after it was killed: views that are made in the same transaction as
/// they. A view in a schema says that the schema is ours, a view that reads a table that the table is; whatever somebody else made since has none.
/// </summary>
/// <param name="target">The server.</param>
/// <param name="database">The living database.</param>
/// <param name="name">The mark: the name of the views in schemas, and of the schema with the views of tables.</param>
internal sealed class RestoreMark(RestoreTarget target, string database, string name)
{
    private const string MarkedTables = """
        SELECT DISTINCT n.nspname::text, c.relname::text FROM pg_catalog.pg_class v JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
        JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
        JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.oid <> v.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE vn.nspname = 
        """;

    /// <summary>The mark's name.</summary>
    public string Name => name;

    /// <summary>Whether a restore has left a mark in a database.</summary>
    public static async Task<bool> IsThereAsync(RestoreTarget target, string database, CancellationToken cancellationToken) => (await target.ReadAsync(database, $"""
        SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname LIKE '{Pattern}' UNION ALL SELECT 1 FROM pg_catalog.pg_class WHERE relkind = 'v' AND relname LIKE '{Pattern}'
        """, row => row.GetInt32(0), cancellationToken)).Count > 0;

    /// <summary>Marks, in the scratch database, what will be made: it goes into the dump with the rest.</summary>
    public Task PutAsync(string model, IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, CancellationToken cancellationToken) => target.ExecuteAsync(model,
    [
        .. schemas.Select(schema => $"CREATE VIEW {SqlName.Quote(schema)}.{name} AS SELECT 1 AS made"),
        .. tables.Count > 0 ? [$"CREATE SCHEMA {name}"] : Array.Empty<string>(),
        .. tables.Select((table, number) => FormattableString.Invariant($"CREATE VIEW {name}.t{number} AS SELECT 1 AS made FROM ONLY {SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)}")),
    ], cancellationToken);

    /// <summary>Makes room for the marks of tables: pg_dump does not write the schema of single tables.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => target.ExecuteAsync(database, [$"CREATE SCHEMA {name}"], cancellationToken);

    /// <summary>Takes away what is marked, and the mark. All of it or nothing.</summary>
    /// <param name="model">The scratch database, which has the same definitions.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">Somebody has put something in there, or made something that depends on it.</exception>
    public async Task RemoveAsync(string model, CancellationToken cancellationToken)
    {
        var (schemas, tables) = (await SchemasAsync(cancellationToken), await target.ReadAsync(database, MarkedTables + SqlName.Literal(name), row => (Schema: row.GetString(0), Name: row.GetString(1)), cancellationToken));
        List<string> others = [];
        foreach (var schema in schemas)
            others.AddRange((await MembersAsync(database, schema, cancellationToken)).Except(await MembersAsync(model, schema, cancellationToken)).Where(member => !member.EndsWith(name, StringComparison.Ordinal)));
        others.AddRange(await Dependents.ReadAsync(target, database, schemas, [.. tables], name, cancellationToken));
        if (others.Count > 0)
            throw new AgentException($"What the killed restore had made can't be taken away: since then others have made {string.Join(", ", others)} there.", "Move or drop that, then: sispi-agent restore --resume");
        await target.ExecuteTogetherAsync(database,
        [
            $"DROP SCHEMA IF EXISTS {name} CASCADE",
            .. tables.Count > 0 ? [$"DROP TABLE {string.Join(", ", tables.Select(table => $"{SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)}"))}"] : Array.Empty<string>(),
            .. schemas.Select(schema => $"DROP SCHEMA {SqlName.Quote(schema)} CASCADE"),
        ], cancellationToken);
    }

    /// <summary>Takes the mark off: what was made is not ours any more.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken) => await target.ExecuteTogetherAsync(database,
        [$"DROP SCHEMA IF EXISTS {name} CASCADE", .. (await SchemasAsync(cancellationToken)).Select(schema => $"DROP VIEW {SqlName.Quote(schema)}.{name}")], cancellationToken);

    private static string Pattern => ScratchName.Prefix.Replace("_", "\\_", StringComparison.Ordinal) + "%";

    private Task<List<string>> SchemasAsync(CancellationToken cancellationToken) => target.ReadAsync(database,
        $"SELECT n.nspname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND c.relname = {SqlName.Literal(name)} AND n.nspname <> c.relname", row => row.GetString(0), cancellationToken);

    private Task<List<string>> MembersAsync(string where, string schema, CancellationToken cancellationToken) => target.ReadAsync(where, $"""
        SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0) FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_namespace n ON n.oid = d.refobjid
        WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.deptype = 'n' AND n.nspname = {SqlName.Literal(schema)}
        """, row => row.GetString(0), cancellationToken);
}
