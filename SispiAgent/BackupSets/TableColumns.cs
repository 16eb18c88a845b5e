using Npgsql;

namespace SispiAgent.BackupSets;

/// <summary>The columns of all tables, in one query.</summary>
internal static class TableColumns
{
    /// <summary>
    /// Reads them: generated ones too, if they are stored. One that is computed by each query (18+) is no content, and can fail where a dump does not; dropped ones
    /// are none. A table without columns is not in it.
    /// </summary>
    /// <returns>By the table's oid.</returns>
    public static async Task<IReadOnlyDictionary<long, IReadOnlyList<string>>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var query = $"""
            SELECT a.attrelid::bigint, a.attname::text FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attnum > 0 AND NOT a.attisdropped{(connection.PostgreSqlVersion.Major >= 18 ? " AND a.attgenerated::text <> 'v'" : "")} AND c.relkind::text = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, a.attnum
            """;
        await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 0 };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<long, IReadOnlyList<string>> found = [];
        Dictionary<string, string> names = []; // 50 000 tables share most of their columns' names
        List<string> columns = [];
        var table = 0L;
        while (await rows.ReadAsync(cancellationToken))
        {
            if (rows.GetInt64(0) != table)
            {
                Add();
                table = rows.GetInt64(0);
            }

            var name = rows.GetString(1);
            columns.Add(names.TryGetValue(name, out var known) ? known : names[name] = name);
        }

        Add();
        return found;

        void Add()
        {
            if (columns.Count > 0)
                found[table] = [.. columns];
            columns.Clear();
        }
    }
}
