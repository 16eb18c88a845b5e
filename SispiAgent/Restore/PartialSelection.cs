using System.Globalization;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>The tables and sequences that a partial restore is about, as a scratch database with the set's definitions shows them.</summary>
/// <param name="Schemas">Whole schemas.</param>
/// <param name="Tables">Tables, their partitions too, with the kind of <c>pg_class</c>; of whole schemas all relations that can be in the way.</param>
/// <param name="Leaves">Those with rows, as the manifest has them.</param>
/// <param name="Sequences">The sequences that come with them, as the manifest has them.</param>
/// <param name="Owners">Schemas with their owners.</param>
internal sealed record PartialSelection(
    IReadOnlyList<string> Schemas, IReadOnlyList<(string Schema, string Name, char Kind, bool IsPartition)> Tables, IReadOnlyList<SetTable> Leaves, IReadOnlyList<SetSequence> Sequences, IReadOnlyDictionary<string, string> Owners)
{
    /// <summary>Materialized views of whole schemas, in the order in which they can be refreshed.</summary>
    public IReadOnlyList<SetView> Views { get; init; } = [];

    /// <summary>What is to be known.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="AgentException">The set has no such schema or table.</exception>
    public static async Task<PartialSelection> ReadAsync(RestoreTarget target, string model, RestoreRequest request, SetDatabase database, CancellationToken cancellationToken)
    {
        if (request.Schemas.Contains("public"))
            throw new AgentException("Schema public is in every database: it can't be brought back as a whole.", "Name its tables: --table public.NAME");
        var relations = await target.ReadAsync(model, """
            WITH RECURSIVE tree (root, oid) AS (SELECT oid, oid FROM pg_catalog.pg_class UNION SELECT t.root, i.inhrelid FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid JOIN pg_catalog.pg_class p ON p.oid = t.oid AND p.relkind = 'p')
            SELECT rn.nspname::text, r.relname::text, n.nspname::text, c.relname::text, c.relkind::text, c.oid <> r.oid
            FROM tree t JOIN pg_catalog.pg_class r ON r.oid = t.root JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            """, row => (Root: (row.GetString(0), row.GetString(1)), Own: (Schema: row.GetString(2), Name: row.GetString(3), Kind: row.GetString(4)[0], IsPartition: row.GetBoolean(5))), cancellationToken);
        var owners = (await target.ReadAsync(model, "SELECT nspname::text, pg_catalog.pg_get_userbyid(nspowner)::text FROM pg_catalog.pg_namespace", row => (row.GetString(0), row.GetString(1)), cancellationToken)).ToDictionary(entry => entry.Item1, entry => entry.Item2);
        if (request.Schemas.FirstOrDefault(schema => !owners.ContainsKey(schema)) is { } unknown)
            throw new AgentException($"The set's database {SqlName.Show(database.Name)} has no schema {SqlName.Show(unknown)}.", "See what it has: sispi-agent backup show --json");
        if (request.Tables.FirstOrDefault(table => !relations.Any(relation => relation.Root == (table.Schema, table.Name) && relation.Own.Kind is 'r' or 'p')) is { } missing)
            throw new AgentException($"The set's database {SqlName.Show(database.Name)} has no table {SqlName.Show(missing.Schema, missing.Name)}.", "See which it has: table-sizes.tsv in the set's folder. Write SCHEMA.TABLE, in double quotes where SQL needs them.");
        var schemas = request.Schemas.ToHashSet();
        var tables = relations.Where(relation => schemas.Contains(relation.Own.Schema) || request.Tables.Any(table => relation.Root == (table.Schema, table.Name))).Select(relation => relation.Own)
            .GroupBy(own => (own.Schema, own.Name)).Select(group => group.OrderByDescending(own => own.IsPartition).First()).ToArray();
        var chosen = tables.Select(table => (table.Schema, table.Name)).ToHashSet();
        var owned = (await target.ReadAsync(model, """
            SELECT n.nspname::text, s.relname::text, tn.nspname::text, t.relname::text FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
            JOIN pg_catalog.pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            JOIN pg_catalog.pg_class t ON t.oid = d.refobjid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace WHERE s.relkind = 'S'
            """, row => (Sequence: (row.GetString(0), row.GetString(1)), Table: (row.GetString(2), row.GetString(3))), cancellationToken)).Where(entry => chosen.Contains(entry.Table)).Select(entry => entry.Sequence).ToHashSet();
        return new(request.Schemas, tables, [.. database.Tables.Where(table => table.Unit is not null && chosen.Contains((table.Schema, table.Name)))],
            [.. database.Sequences.Where(sequence => schemas.Contains(sequence.Schema) || owned.Contains((sequence.Schema, sequence.Name)))], owners)
        {
            Views = [.. database.PopulatedViews.Where(view => schemas.Contains(view.Schema))],
        };
    }

    /// <summary>What pg_dump is told to write them.</summary>
    /// <param name="beside">The schema that they were moved into, if they were.</param>
    /// <param name="mark">The mark, which goes with them.</param>
    public IReadOnlyList<string> Arguments(string? beside, string mark) => beside is not null ? ["-n", SqlName.Quote(beside)]
        : [.. Schemas.SelectMany(schema => new[] { "-n", SqlName.Quote(schema) }), .. Own.SelectMany(table => new[] { "-t", $"{SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)}" }), .. Own.Any() ? ["-t", $"{mark}.*"] : Array.Empty<string>()];

    /// <summary>The single tables, those of whole schemas not among them.</summary>
    public IReadOnlyList<(string Schema, string Name)> OwnTables => [.. Own.Select(table => (table.Schema, table.Name))];

    /// <summary>Moves them into a schema of their own in the scratch database, and takes away what would act on the living ones.</summary>
    public async Task MoveAsync(RestoreTarget target, string model, string beside, CancellationToken cancellationToken)
    {
        if (Schemas.Count > 0)
            throw new AgentException("A whole schema can't come back beside the living one.", "Restore the database under another name: --database NAME --as OTHER");
        if (Own.GroupBy(table => table.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new AgentException($"Two of the tables are called {SqlName.Show(twice.Key)}: beside the living ones they would be in one schema.", "Restore them one after the other, from different sets or with a rename in between.");
        var oids = string.Join(", ", Own.Select(table => $"'{$"{SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)}".Replace("'", "''", StringComparison.Ordinal)}'::regclass"));
        var drops = await target.ReadAsync(model, $"""
            SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_catalog.pg_constraint WHERE contype = 'f' AND (conrelid IN ({oids}) OR confrelid IN ({oids})) AND conparentid = 0
            UNION ALL SELECT format('DROP TRIGGER IF EXISTS %I ON %s', tgname, tgrelid::regclass) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgrelid IN ({oids})
            UNION ALL SELECT format('DROP RULE %I ON %s', rulename, ev_class::regclass) FROM pg_catalog.pg_rewrite WHERE rulename <> '_RETURN' AND ev_class IN ({oids})
            """.Replace(" AND conparentid = 0", target.Version >= 110000 ? " AND conparentid = 0" : "", StringComparison.Ordinal), row => row.GetString(0), cancellationToken);
        await target.ExecuteAsync(model,
            [.. drops, $"CREATE SCHEMA {SqlName.Quote(beside)}", .. Own.Select(table => $"ALTER TABLE {SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)} SET SCHEMA {SqlName.Quote(beside)}")], cancellationToken);
    }

    /// <summary>What is in the way in the living database.</summary>
    public async Task<IReadOnlyList<string>> InTheWayAsync(RestoreTarget target, string database, string? beside, CancellationToken cancellationToken)
    {
        var relations = (await target.ReadAsync(database, "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind <> 't'", row => (row.GetString(0), row.GetString(1)), cancellationToken)).ToHashSet();
        var schemas = (await target.ReadAsync(database, "SELECT nspname::text FROM pg_catalog.pg_namespace", row => row.GetString(0), cancellationToken)).ToHashSet();
        if (beside is not null)
            return schemas.Contains(beside) ? [$"schema {SqlName.Show(beside)}"] : [];
        return [.. Schemas.Where(schema => schemas.Contains(schema)).Select(schema => $"schema {SqlName.Show(schema)}"),
            .. Tables.Where(table => !Schemas.Contains(table.Schema) && relations.Contains((table.Schema, table.Name))).Select(table => $"table {SqlName.Show(table.Schema, table.Name)}")];
    }

    /// <summary>Makes the schemas of single tables, where they are gone too.</summary>
    public async Task MakeSchemasAsync(RestoreTarget target, string database, CancellationToken cancellationToken)
    {
        var there = (await target.ReadAsync(database, "SELECT nspname::text FROM pg_catalog.pg_namespace", row => row.GetString(0), cancellationToken)).ToHashSet();
        await target.ExecuteAsync(database, Own.Select(table => table.Schema).Distinct().Where(schema => !there.Contains(schema) && !Schemas.Contains(schema)).Select(schema => $"CREATE SCHEMA {SqlName.Quote(schema)} AUTHORIZATION {SqlName.Quote(Owners[schema])}"), cancellationToken);
    }

    /// <summary>The files with their rows, what pg_restore is told of each, and how people call it.</summary>
    public IEnumerable<(string File, IReadOnlyList<string> Arguments, string Label)> RowFiles(SetManifest manifest)
    {
        foreach (var schema in Schemas)
        {
            foreach (var file in manifest.Files.Where(file => file.Kind == "dump" && file.UnitKind is not UnitKind.Definitions && Leaves.Any(table => table.Schema == schema && file.Tables.Contains(table.Oid))))
                yield return (file.Name, ["-n", schema], $"{SqlName.Show(schema)} from {file.Name}");
        }

        foreach (var table in Leaves.Where(table => !Schemas.Contains(table.Schema)).OrderByDescending(table => table.Bytes))
        {
            if (manifest.Files.FirstOrDefault(file => file.Kind == "dump" && file.UnitKind is not UnitKind.Definitions && file.Tables.Contains(table.Oid)) is { } file)
                yield return (file.Name, ["-n", table.Schema, "-t", table.Name], $"{SqlName.Show(table.Schema, table.Name)} from {file.Name}");
        }
    }

    /// <summary>Sets the sequences, refreshes the views, reads the statistics.</summary>
    public async Task FinishAsync(RestoreTarget target, string database, string? beside, CancellationToken cancellationToken) => await target.ExecuteAsync(database,
    [
        .. Sequences.Select(sequence => string.Create(CultureInfo.InvariantCulture, $"SELECT pg_catalog.setval('{$"{SqlName.Quote(beside ?? sequence.Schema)}.{SqlName.Quote(sequence.Name)}".Replace("'", "''", StringComparison.Ordinal)}', {sequence.Value}, {(sequence.IsCalled ? "true" : "false")})")),
        .. Views.Count > 0 ? RestorePlan.WithoutEventTriggers(target.Version) : [],
        .. Views.Select(view => $"REFRESH MATERIALIZED VIEW {SqlName.Quote(view.Schema)}.{SqlName.Quote(view.Name)}"),
        .. Leaves.Select(table => $"ANALYZE {SqlName.Quote(beside ?? table.Schema)}.{SqlName.Quote(table.Name)}"),
    ], cancellationToken);

    private IEnumerable<(string Schema, string Name, char Kind, bool IsPartition)> Own => Tables.Where(table => table.Kind is 'r' or 'p' or 'f' && !Schemas.Contains(table.Schema));
}
