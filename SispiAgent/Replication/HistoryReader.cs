using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// Reads the timeline history of another host's server over SQL. The server is asked first whether the role may: a refusal would be an
/// error in its log at each look.
/// </summary>
internal sealed class HistoryReader(ServerConnector connector)
{
    /// <summary>Reads it.</summary>
    /// <returns>The history, <see langword="null"/> if it can't be had; and whether that is since the agent's role may not read it.</returns>
    public async Task<(TimelineHistory? History, bool IsForbidden)> ReadAsync(Node node, long timeline, int version, CancellationToken cancellationToken)
    {
        if (timeline == 1)
            return (new(1, []), false);
        try
        {
            await using var connection = await connector.OpenAsync(node, cancellationToken);
            if (await CallAsync(connection, version, cancellationToken) is not { } call)
                return (null, true);
            await using var command = new NpgsqlCommand($"SELECT {call}", connection) { Parameters = { new() { Value = $"{(version >= 100000 ? "pg_wal" : "pg_xlog")}/{TimelineHistory.FileName(timeline)}" } } };
            return (await command.ExecuteScalarAsync(cancellationToken) is string text ? TimelineHistory.Parse(timeline, text, new(version, WalLayout.UsualSegmentBytes)).Known : null, false);
        }
        catch (NpgsqlException)
        {
            return (null, false); // it went away, or the file did
        }
    }

    /// <summary>The call that the role may make. Up to 10 everybody may execute it, and it refuses whoever is no superuser. From 9.5 on it can bear that the file is missing.</summary>
    private static async Task<string?> CallAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        const string bearing = "pg_read_file(text, bigint, bigint, boolean)";
        const string plain = "pg_read_file(text, bigint, bigint)";
        var (mayBearing, mayPlain) = version switch
        {
            >= 110000 => ($"has_function_privilege('pg_catalog.{bearing}', 'EXECUTE')", $"has_function_privilege('pg_catalog.{plain}', 'EXECUTE')"),
            >= 90500 => ("current_setting('is_superuser') = 'on'", "false"),
            _ => ("false", "current_setting('is_superuser') = 'on'"),
        };
        await using var command = new NpgsqlCommand($"SELECT CASE WHEN {mayBearing} THEN 'pg_read_file($1, 0, 1000000, true)' WHEN {mayPlain} THEN 'pg_read_file($1, 0, 1000000)' END", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
