using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What a restore needs to know of a database besides its tables.</summary>
/// <param name="Extensions">Its extensions.</param>
/// <param name="PopulatedViews">The materialized views that hold rows, in the order in which they can be refreshed.</param>
/// <param name="OwnedSequences">The sequences that feed columns, and how far these are.</param>
/// <param name="TablesWithOids">Tables that were made WITH OIDS (up to 11), as people read their names.</param>
internal sealed record SnapshotFacts(IReadOnlyList<SetExtension> Extensions, IReadOnlyList<SetView> PopulatedViews, IReadOnlyList<OwnedSequence> OwnedSequences, IReadOnlyList<string> TablesWithOids)
{
    /// <summary>Labels of tables and the like came with 9.1, those of what the databases share with 9.2 (release notes). Roles belong to no database, so they count with "postgres".</summary>
    private const string Providers = """
        SELECT provider FROM pg_seclabel UNION
        SELECT s.provider FROM pg_shseclabel s JOIN pg_database d ON d.datname = current_database()
        WHERE (s.classoid = 'pg_database'::regclass AND s.objoid = d.oid) OR (s.classoid <> 'pg_database'::regclass AND d.datname = 'postgres') ORDER BY 1
        """;

    /// <summary>The providers of its security labels.</summary>
    public IReadOnlyList<string> LabelProviders { get; init; } = [];

    /// <summary>The collations that it needs besides its own (since 9.1).</summary>
    public IReadOnlyList<SetCollation> Collations { get; init; } = [];

    /// <summary>Reads them in the snapshot.</summary>
    public static async Task<SnapshotFacts> ReadAsync(NpgsqlConnection connection, int version, IReadOnlyList<ListedRelation> relations, CancellationToken cancellationToken)
    {
        List<SetExtension> extensions = version >= 90100
            ? await CatalogReader.ReadAsync(connection, "SELECT extname::text, extversion FROM pg_extension ORDER BY 1", row => new SetExtension(row.GetString(0), row.GetString(1)), cancellationToken)
            : [];
        IReadOnlyList<SetView> views = version >= 90300 && relations.Any(relation => relation.Kind == 'm') ? await ViewsAsync(connection, relations, cancellationToken) : [];
        var sequences = await OwnedSequenceReader.ReadAsync(connection, version, relations, cancellationToken);
        List<string> withOids = version < 120000
            ? await CatalogReader.ReadAsync(connection, "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relhasoids AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 2", row => SqlName.Show(row.GetString(0), row.GetString(1)), cancellationToken)
            : [];
        IReadOnlyList<string> providers = version >= 90200 ? await CatalogReader.ReadAsync(connection, Providers, row => row.GetString(0), cancellationToken) : [];
        return new(extensions, views, sequences, withOids) { LabelProviders = providers, Collations = version >= 90100 ? await CollationsAsync(connection, version, cancellationToken) : [] };
    }

    /// <summary>How many large objects there are.</summary>
    public static async Task<long> LargeObjectsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        long.Parse((await CatalogReader.TextAsync(connection, "SELECT count(*)::text FROM pg_largeobject_metadata", cancellationToken))!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Sorts views so that each comes after all that it reads, also through plain views.</summary>
    /// <param name="wanted">The views to be sorted.</param>
    /// <param name="reads">What each view reads.</param>
    internal static IReadOnlyList<long> Sort(IEnumerable<long> wanted, ILookup<long, long> reads)
    {
        List<long> sorted = [];
        HashSet<long> seen = [];
        foreach (var view in wanted)
            Visit(view);
        return sorted;

        void Visit(long view)
        {
            if (!seen.Add(view))
                return;
            foreach (var below in reads[view])
                Visit(below);
            sorted.Add(view);
        }
    }

    private static Task<List<SetCollation>> CollationsAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken) => CatalogReader.ReadAsync(connection, SetCollation.Query(version), row =>
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        var isLibc = row.GetString(2) == "libc";
        return new SetCollation(row.GetString(0), row.GetString(1), row.GetString(2))
        {
            Collate = isLibc ? Text(3) : null, CharacterType = isLibc ? Text(4) : null, Locale = Text(5), Rules = Text(6), IsDeterministic = row.GetBoolean(7),
        };
    }, cancellationToken);

    private static async Task<IReadOnlyList<SetView>> ViewsAsync(NpgsqlConnection connection, IReadOnlyList<ListedRelation> relations, CancellationToken cancellationToken)
    {
        var populated = (await CatalogReader.ReadAsync(connection, "SELECT oid::bigint FROM pg_class WHERE relkind::text = 'm' AND relispopulated ORDER BY oid", row => row.GetInt64(0), cancellationToken)).ToHashSet();
        var reads = (await CatalogReader.ReadAsync(connection, """
            SELECT DISTINCT r.ev_class::bigint, d.refobjid::bigint FROM pg_rewrite r
            JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
            JOIN pg_class c ON c.oid = d.refobjid AND c.relkind::text IN ('m', 'v') ORDER BY 1, 2
            """, row => (View: row.GetInt64(0), Read: row.GetInt64(1)), cancellationToken)).ToLookup(pair => pair.View, pair => pair.Read);
        var byOid = relations.ToDictionary(relation => relation.Oid);
        return [.. Sort(populated.Order(), reads).Where(oid => populated.Contains(oid) && byOid.ContainsKey(oid)).Select(oid => new SetView(byOid[oid].Schema, byOid[oid].Name))];
    }
}
