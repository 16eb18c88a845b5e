using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>A database of the cluster.</summary>
internal sealed record ListedDatabase(string Name, string Owner, string Encoding, string Collate, string CharacterType, long Bytes)
{
    /// <summary>What it sorts by; <see langword="null"/>: the C library.</summary>
    public DatabaseLocale? Locale { get; init; }
}

/// <summary>What there is to dump, from the catalog.</summary>
internal static class CatalogReader
{
    /// <summary>Every database that can be connected to, the largest first; nothing is left out because nobody configured it, but for what a restore makes and removes.</summary>
    public static Task<List<ListedDatabase>> DatabasesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(connection, $"""
        SELECT datname::text, pg_get_userbyid(datdba)::text, pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text, pg_database_size(oid), {(connection.PostgreSqlVersion.Major >= 15 ? DatabaseLocale.Query : "NULL")}
        FROM pg_database d WHERE datallowconn AND datconnlimit <> -2 AND datname !~ '{ScratchName.Pattern}' ORDER BY 6 DESC, 1
        """, row => new ListedDatabase(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5))
        {
            Locale = row.IsDBNull(6) ? null : new(row.GetString(6), row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8)),
        }, cancellationToken);

    /// <summary>Databases that nobody can connect to, so that no dump holds them; the template of all is meant to be so. A limit of -2 marks one whose DROP DATABASE was interrupted.</summary>
    public static Task<List<string>> ClosedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, "SELECT datname::text FROM pg_database WHERE (NOT datallowconn OR datconnlimit = -2) AND datname <> 'template0' ORDER BY 1", row => row.GetString(0), cancellationToken);

    /// <summary>Databases of a restore that is at work, or was killed.</summary>
    public static Task<List<string>> ScratchAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, $"SELECT datname::text FROM pg_database WHERE datname ~ '{ScratchName.Pattern}' ORDER BY 1", row => row.GetString(0), cancellationToken);

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
