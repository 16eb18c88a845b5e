using System.Runtime.CompilerServices;
using Npgsql;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>
/// Describes a database as sorted lines of text: every fact of its catalogs that a dump has to bring back, and what each table and sequence holds. Without
/// oids, and without what may differ in two equal databases: names of array types, gaps in the numbers of columns, rights that are spelled out or left to default.
/// </summary>
internal static class DatabaseComparison
{
    /// <summary>What one database has and the other has not; empty if they are the same.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(ScratchServer expected, ScratchServer actual, string database, CancellationToken cancellationToken = default)
    {
        var there = await DescribeAsync(expected, database, cancellationToken);
        var here = await DescribeAsync(actual, database, cancellationToken);
        return [.. there.Except(here).Select(line => $"missing: {line}"), .. here.Except(there).Select(line => $"surplus: {line}")];
    }

    /// <summary>The description.</summary>
    public static async Task<IReadOnlyList<string>> DescribeAsync(ScratchServer server, string database, CancellationToken cancellationToken = default)
    {
        await using var connection = await server.OpenAsync(database, cancellationToken);
        await using (var command = new NpgsqlCommand("SET search_path = pg_catalog; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET statement_timeout = 0; SET lock_timeout = 0", connection))
            await command.ExecuteNonQueryAsync(cancellationToken);
        List<string> lines = [];
        foreach (var (kind, query) in ComparisonQueries.All)
            lines.AddRange((await RowsAsync(connection, query, cancellationToken)).Select(row => $"{kind}: {row[0]}"));
        await foreach (var line in ContentsAsync(connection, cancellationToken))
            lines.Add(line);
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static async IAsyncEnumerable<string> ContentsAsync(NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await RowsAsync(connection, ComparisonQueries.Holders, cancellationToken))
        {
            var (name, kind, columns) = (row[0], row[1], row[2]);
            var query = kind == "S"
                ? $"SELECT concat_ws(' ', last_value, is_called) FROM {name}"
                : $"SELECT concat_ws(' ', count(*), coalesce(sum(hashtextextended(ROW({columns})::text, 0)), 0)) FROM {(kind == "p" ? "" : "ONLY ")}{name} t";
            yield return $"{(kind == "S" ? "value" : "rows")}: {name} {(await RowsAsync(connection, query, cancellationToken))[0][0]}";
        }
    }

    private static async Task<List<string[]>> RowsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string[]> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }
}
