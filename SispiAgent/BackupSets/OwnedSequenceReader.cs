using Npgsql;

namespace SispiAgent.BackupSets;

/// <summary>Reads the sequences that feed columns, and how far each column is.</summary>
internal static class OwnedSequenceReader
{
    /// <summary>A table without a fitting index is read only up to this size.</summary>
    private const long MostBytes = 256L << 20;

    private const int Batch = 200;

    /// <summary>Reads them in the snapshot of the connection.</summary>
    /// <param name="connection">To the database.</param>
    /// <param name="version">The server's.</param>
    /// <param name="relations">The relations of the snapshot.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<IReadOnlyList<OwnedSequence>> ReadAsync(NpgsqlConnection connection, int version, IReadOnlyList<ListedRelation> relations, CancellationToken cancellationToken)
    {
        var session = new Session(connection, await BriefLocks.IsInTransactionAsync(connection, cancellationToken));
        var known = relations.ToDictionary(relation => relation.Oid);
        var bytes = relations.GroupBy(relation => relation.Root).ToDictionary(tree => tree.Key, tree => tree.Sum(relation => relation.Bytes));
        var fed = (await RowsAsync(session, Query, row => new Feed(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetBoolean(3), row.GetBoolean(4)), cancellationToken))
            .Where(feed => known.ContainsKey(feed.Sequence) && known.ContainsKey(feed.Table)).ToArray();
        var steps = await StepsAsync(session, version, [.. fed.Select(feed => known[feed.Sequence]).DistinctBy(sequence => sequence.Oid)], cancellationToken);
        var asked = fed.Where(feed => feed.IsInteger && (feed.HasIndex || bytes[known[feed.Table].Root] <= MostBytes)).ToArray();
        var furthest = await FurthestAsync(session, [.. asked.Select(feed => (feed, known[feed.Table], steps[feed.Sequence].Increment > 0 ? "max" : "min"))], cancellationToken);
        return
        [
            .. fed.Select(feed => new OwnedSequence(
                known[feed.Sequence].Schema, known[feed.Sequence].Name, $"{known[feed.Table].Shown}.{SqlName.Show(feed.Column)}",
                steps[feed.Sequence].Increment, steps[feed.Sequence].IsCyclic, furthest.TryGetValue(feed, out var value) ? value : null)),
        ];
    }

    private const string Query = """
        SELECT d.objid::bigint, d.refobjid::bigint, a.attname::text, a.atttypid IN (20, 21, 23),
          EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
                  WHERE i.indrelid = d.refobjid AND i.indkey[0] = d.refobjsubid AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree')
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind::text = 'S'
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype::text IN ('a', 'i')
        ORDER BY 1, 2, 3
        """;

    private static async Task<Dictionary<long, Step>> StepsAsync(Session session, int version, IReadOnlyList<ListedRelation> sequences, CancellationToken cancellationToken)
    {
        if (version >= 100000)
            return (await RowsAsync(session, "SELECT seqrelid::bigint, seqincrement, seqcycle FROM pg_catalog.pg_sequence", row => (Oid: row.GetInt64(0), Step: new Step(row.GetInt64(1), row.GetBoolean(2))), cancellationToken)).ToDictionary(entry => entry.Oid, entry => entry.Step);
        Dictionary<long, Step> steps = [];
        foreach (var batch in sequences.Chunk(Batch))
        {
            var query = string.Join(" UNION ALL ", batch.Select(sequence => $"SELECT {sequence.Oid}::bigint, increment_by, is_cycled FROM {sequence.Quoted}"));
            foreach (var (oid, step) in await RowsAsync(session, query, row => (row.GetInt64(0), new Step(row.GetInt64(1), row.GetBoolean(2))), cancellationToken))
                steps[oid] = step;
        }

        return steps;
    }

    /// <summary>Tables below are asked too: their rows take the same column's default.</summary>
    private static async Task<Dictionary<Feed, long?>> FurthestAsync(Session session, IReadOnlyList<(Feed Feed, ListedRelation Table, string Aggregate)> asked, CancellationToken cancellationToken)
    {
        Dictionary<Feed, long?> found = [];
        foreach (var batch in asked.Chunk(Batch))
        {
            var query = string.Join(" UNION ALL ", batch.Select((entry, index) => $"SELECT {index}, (SELECT {entry.Aggregate}({SqlName.Quote(entry.Feed.Column)}) FROM {entry.Table.Quoted})::bigint"));
            foreach (var (index, value) in await RowsAsync(session, query, row => (row.GetInt32(0), row.IsDBNull(1) ? (long?)null : row.GetInt64(1)), cancellationToken))
                found[batch[index].Feed] = value;
        }

        return found;
    }

    private static async Task<List<T>> RowsAsync<T>(Session session, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = BriefLocks.Wrap(session.Connection, session.IsInTransaction, sql);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        List<T> found = [];
        while (await rows.ReadAsync(cancellationToken))
            found.Add(read(rows));
        return found;
    }

    private sealed record Feed(long Sequence, long Table, string Column, bool IsInteger, bool HasIndex);

    private sealed record Session(NpgsqlConnection Connection, bool IsInTransaction);

    private sealed record Step(long Increment, bool IsCyclic);
}
