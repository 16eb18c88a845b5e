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
            .. dialect.HasCatalog ? await own.ReadAsync(dialect.Sequences, row => Key(own, database, Named(row), row, 6), cancellationToken) : await ReadOneByOneAsync(own, dialect, database, cancellationToken),
            .. await ReadColumnsAsync(own, database, fromPercent, cancellationToken),
        ];
    }

    private static IntegerKey Key(OwnConnection own, string database, (string Schema, string Name, string Feeds, int Bytes, string Column, string Sequence) named, NpgsqlDataReader row, int first)
    {
        var (increment, minimum, maximum) = (row.GetInt64(first), row.GetInt64(first + 1), row.GetInt64(first + 2));
        var limit = IntegerKey.LimitOf(increment, minimum, maximum, named.Bytes);
        return new(database, $"{named.Schema}.{named.Name}", named.Feeds, row.Number(first + 4), increment, limit, row.GetBoolean(first + 3) && limit == (increment < 0 ? minimum : maximum))
        {
            Widening = KeyWidening.OfSequence(named.Column, named.Sequence, named.Bytes, increment, limit, own.Version),
        };
    }

    private static (string Schema, string Name, string Feeds, int Bytes, string Column, string Sequence) Named(NpgsqlDataReader row) =>
        (row.GetString(0), row.GetString(1), row.GetString(2), (int)row.GetInt64(3), row.GetString(4), row.GetString(5));

    private static async Task<IReadOnlyList<IntegerKey>> ReadOneByOneAsync(OwnConnection own, KeysDialect dialect, string database, CancellationToken cancellationToken)
    {
        List<IntegerKey> keys = [];
        foreach (var named in await own.ReadAsync(dialect.Sequences, Named, cancellationToken))
            keys.AddRange(await own.ReadAsync(KeysDialect.Sequence(named.Schema, named.Name), row => Key(own, database, named, row, 0), cancellationToken));
        return keys;
    }

    private static async Task<IReadOnlyList<IntegerKey>> ReadColumnsAsync(OwnConnection own, string database, int fromPercent, CancellationToken cancellationToken)
    {
        var columns = await own.ReadAsync(KeysDialect.Columns, row => (Schema: row.GetString(0), Table: row.GetString(1), Column: row.GetString(2), Bytes: row.GetInt64(3), Largest: row.GetInt64(4)), cancellationToken);
        List<IntegerKey> keys = [];
        foreach (var (schema, table, column, bytes, largest) in columns)
        {
            var key = new IntegerKey(database, $"{schema}.{table}.{column}", "", largest, 0, bytes == 2 ? short.MaxValue : int.MaxValue, false) { Widening = KeyWidening.OfColumn(KeysDialect.AlterColumn(schema, table, column)) };
            if (key.UsedPercent < fromPercent)
                continue;
            var real = await own.ReadAsync(KeysDialect.Largest(schema, table, column), row => row.Number(0), cancellationToken);
            keys.Add(key with { Value = real[0] });
        }

        return keys;
    }
}
