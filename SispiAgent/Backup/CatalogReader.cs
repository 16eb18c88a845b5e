using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>A database of the cluster.</summary>
internal sealed record ListedDatabase(string Name, string Owner, string Encoding, string Collate, string CharacterType, long Bytes);

/// <summary>A table as the catalog shows it.</summary>
/// <param name="Oid">Its identifier.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsPartitioned">Whether its rows are its partitions'.</param>
/// <param name="FileNode">Its storage: another one after TRUNCATE and after a rewriting ALTER.</param>
internal sealed record ListedTable(long Oid, string Schema, string Name, bool IsPartitioned, long FileNode)
{
    /// <summary>Its name as SQL takes it literally.</summary>
    public string Quoted => $"{SqlName.Quote(Schema)}.{SqlName.Quote(Name)}";
}

/// <summary>What there is to dump, from the catalog.</summary>
internal static class CatalogReader
{
    /// <summary>Every database that can be connected to, the largest first; nothing is left out because nobody configured it.</summary>
    public static Task<List<ListedDatabase>> DatabasesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(connection, """
        SELECT datname::text, pg_get_userbyid(datdba)::text, pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text, pg_database_size(oid)
        FROM pg_database WHERE datallowconn ORDER BY 6 DESC, 1
        """, row => new ListedDatabase(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5)), cancellationToken);

    /// <summary>Every table of the connection's database that is not the system's and not another session's temporary one. Waits for nobody.</summary>
    public static Task<List<ListedTable>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(connection, """
        SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text = 'p', c.relfilenode::bigint
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind::text IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid
        """, row => new ListedTable(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetInt64(4)), cancellationToken);

    /// <summary>Heap and TOAST of each table, by its identifier.</summary>
    public static async Task<Dictionary<long, long>> SizesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await ReadAsync(connection, """
        SELECT c.oid::bigint, coalesce(pg_table_size(c.oid), 0)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind::text = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """, row => (Oid: row.GetInt64(0), Bytes: row.GetInt64(1)), cancellationToken)).ToDictionary(entry => entry.Oid, entry => entry.Bytes);

    /// <summary>One text.</summary>
    public static async Task<string?> TextAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Rows of a query.</summary>
    public static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<T> found = [];
        while (await rows.ReadAsync(cancellationToken))
            found.Add(read(rows));
        return found;
    }
}
