using Npgsql;

namespace SispiAgent.Backup;

/// <summary>Sessions that read for hours: no limit of the server or the driver may end them.</summary>
internal static class SnapshotSession
{
    private static readonly (int Since, string Name)[] Limits =
    [
        (0, "statement_timeout"), (90300, "lock_timeout"), (90600, "idle_in_transaction_session_timeout"), (140000, "idle_session_timeout"), (170000, "transaction_timeout"),
    ];

    /// <summary>Opens one.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder settings, int version, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.ToString()) { CommandTimeout = 0, TcpKeepAlive = true, KeepAlive = 0 }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, string.Concat(Limits.Where(limit => version >= limit.Since).Select(limit => $"SET {limit.Name} = 0;")), cancellationToken);
            if (version >= 90500)
                await ExecuteAsync(connection, "SET row_security = off", cancellationToken); // rather an error than rows that are missing
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens one that sees a snapshot which another session holds.</summary>
    public static async Task<NpgsqlConnection> OpenInAsync(NpgsqlConnectionStringBuilder settings, int version, string snapshot, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(settings, version, cancellationToken);
        try
        {
            await ExecuteAsync(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", cancellationToken);
            await ExecuteAsync(connection, $"SET TRANSACTION SNAPSHOT '{snapshot.Replace("'", "''", StringComparison.Ordinal)}'", cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
