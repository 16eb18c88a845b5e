using Npgsql;

namespace SispiAgent.BackupSets;

/// <summary>
/// Queries in a long transaction that keep no lock: a query locks its table and all indexes of it until the transaction ends, and after some thousands of tables the
/// server's lock table is full, for everybody. Rolling back to a savepoint gives them up; the snapshot stays.
/// </summary>
internal static class BriefLocks
{
    private const string Begin = "SAVEPOINT brief", Undo = "ROLLBACK TO SAVEPOINT brief", End = "RELEASE SAVEPOINT brief";

    /// <summary>Whether a session is in a transaction. Outside of one the server's log shows an error, that a savepoint needs one.</summary>
    public static async Task<bool> IsInTransactionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, Begin, cancellationToken);
            await ExecuteAsync(connection, End, cancellationToken);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.NoActiveSqlTransaction)
        {
            return false;
        }
    }

    /// <summary>A query without a limit of time, with what gives up its locks.</summary>
    public static NpgsqlBatch Wrap(NpgsqlConnection connection, bool isInTransaction, string query)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var statement in isInTransaction ? [Begin, query, Undo, End] : new[] { query })
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        return batch;
    }

    /// <summary>After an error in such a query: the transaction goes on.</summary>
    public static async Task RecoverAsync(NpgsqlConnection connection, bool isInTransaction, CancellationToken cancellationToken)
    {
        if (!isInTransaction)
            return;
        await ExecuteAsync(connection, Undo, cancellationToken);
        await ExecuteAsync(connection, End, cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
