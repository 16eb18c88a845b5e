using Npgsql;

namespace SispiAgent.Room;

/// <summary>Rows of a query.</summary>
internal static class SqlRows
{
    /// <summary>Every row of a query.</summary>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<T> all = [];
        while (await rows.ReadAsync(cancellationToken))
            all.Add(read(rows));
        return all;
    }

    /// <summary>A column's text, empty for none.</summary>
    public static string Text(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? "" : row.GetString(column);

    /// <summary>A column's number, if there is one.</summary>
    public static long? Number(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
