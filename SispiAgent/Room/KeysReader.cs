using Npgsql;

namespace SispiAgent.Room;

/// <summary>Reads the sequences and integer keys of one database.</summary>
internal static class KeysReader
{
    /// <summary>Every sequence, and those integer keys that are beyond a part of their range.</summary>
    public static async Task<IReadOnlyList<IntegerKey>> ReadAsync(OwnConnection own, string database, int fromPercent, CancellationToken cancellationToken)
    {
        var dialect = KeysDialect.For(own.Version);
        return
        [
            .. dialect.HasCatalog ? await own.ReadAsync(dialect.Sequences, row => Key(own, database, Named(row), row, 8), cancellationToken) : await ReadOneByOneAsync(own, dialect, database, cancellationToken),
            .. await ReadColumnsAsync(own, dialect, database, fromPercent, cancellationToken),
        ];
    }

    private static IntegerKey Key(OwnConnection own, string database, NamedSequence named, NpgsqlDataReader row, int first)
    {
        var (increment, minimum, maximum) = (row.GetInt64(first), row.GetInt64(first + 1), row.GetInt64(first + 2));
        var limit = IntegerKey.LimitOf(increment, minimum, maximum, named.Bytes);
        return new(database, $"{named.Schema}.{named.Name}", named.Feeds, row.Number(first + 4), increment, limit, row.GetBoolean(first + 3) && limit == (increment < 0 ? minimum : maximum))
        {
            Begin = IntegerKey.BeginOf(increment, minimum, maximum, limit),
            Column = named.Column,
            Widening = KeyWidening.OfSequence(named.AlterColumn, named.AlterSequence, named.Bytes, increment, limit, own.Version) with { IsPartitionKey = named.IsPartitionKey },
        };
    }

    private static NamedSequence Named(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), (int)row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetBoolean(7));

    private static async Task<IReadOnlyList<IntegerKey>> ReadOneByOneAsync(OwnConnection own, KeysDialect dialect, string database, CancellationToken cancellationToken)
    {
        List<IntegerKey> keys = [];
        foreach (var named in await own.ReadAsync(dialect.Sequences, Named, cancellationToken))
            keys.AddRange(await own.ReadAsync(KeysDialect.Sequence(named.Schema, named.Name), row => Key(own, database, named, row, 0), cancellationToken));
        return keys;
    }

    /// <summary>A column that children inherit is one key: it has the largest value of them all.</summary>
    private static async Task<IReadOnlyList<IntegerKey>> ReadColumnsAsync(OwnConnection own, KeysDialect dialect, string database, int fromPercent, CancellationToken cancellationToken)
    {
        var columns = await own.ReadAsync(dialect.Columns, row => (Schema: row.GetString(0), Table: row.GetString(1), Column: row.GetString(2), Bytes: row.GetInt64(3), Largest: row.GetInt64(4), TopSchema: row.GetString(5), TopTable: row.GetString(6), IsPartitionKey: row.GetBoolean(7)), cancellationToken);
        List<IntegerKey> keys = [];
        foreach (var (schema, table, column, bytes, largest, topSchema, topTable, isPartitionKey) in columns)
        {
            var name = $"{topSchema}.{topTable}.{column}";
            var key = new IntegerKey(database, name, "", largest, 0, bytes == 2 ? short.MaxValue : int.MaxValue, false)
            {
                Column = name,
                Widening = KeyWidening.OfColumn(KeysDialect.AlterColumn(topSchema, topTable, column)) with { IsPartitionKey = isPartitionKey },
            };
            if (key.UsedPercent < fromPercent)
                continue;
            var real = await own.ReadAsync(KeysDialect.Largest(schema, table, column), row => row.Number(0), cancellationToken);
            keys.Add(key with { Value = real[0] });
        }

        return [.. keys.GroupBy(key => key.Name).Select(same => same.MaxBy(key => key.Value ?? 0)!)];
    }

    /// <summary>A sequence's row, as <see cref="KeysDialect.Sequences"/> begins it.</summary>
    private sealed record NamedSequence(string Schema, string Name, string Feeds, int Bytes, string AlterColumn, string AlterSequence, string Column, bool IsPartitionKey);
}
