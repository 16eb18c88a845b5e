using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>
/// One point in time of one database, held open. A snapshot alone does not protect against TRUNCATE or a rewriting ALTER: so first every
/// table is locked (ACCESS SHARE, which hinders no reader and no writer), then the snapshot is taken, then the tables are listed again.
/// </summary>
internal sealed class HeldSnapshot : IAsyncDisposable
{
    private const int Batch = 500;
    private readonly NpgsqlConnection _connection;

    private HeldSnapshot(NpgsqlConnection connection, string id, string lsn, DateTimeOffset at, IReadOnlyList<ListedTable> tables)
    {
        _connection = connection;
        Id = id;
        Lsn = lsn;
        At = at;
        Tables = tables;
    }

    /// <summary>The identifier for <c>pg_dump --snapshot</c>.</summary>
    public string Id { get; }

    /// <summary>Where the server wrote then.</summary>
    public string Lsn { get; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The tables, all of them locked.</summary>
    public IReadOnlyList<ListedTable> Tables { get; }

    /// <summary>Locks and takes it.</summary>
    /// <exception cref="AttemptVoidException">A table could not be locked in time, or the tables changed meanwhile.</exception>
    public static async Task<HeldSnapshot> TakeAsync(NpgsqlConnectionStringBuilder settings, int version, TimeSpan lockTimeout, TimeProvider time, CancellationToken cancellationToken)
    {
        // no limit on the server's side may end it, and the driver's would: each statement is as long as the database is large
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.ToString()) { CommandTimeout = 0, TcpKeepAlive = true }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, string.Concat(Limits(version).Select(limit => $"SET {limit} = 0;")), cancellationToken);
            if (version >= 90500)
                await ExecuteAsync(connection, "SET row_security = off", cancellationToken);
            var before = await CatalogReader.TablesAsync(connection, cancellationToken);
            await ExecuteAsync(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", cancellationToken);
            await LockAsync(connection, before, version, lockTimeout, cancellationToken);
            var id = (await CatalogReader.TextAsync(connection, "SELECT pg_export_snapshot()", cancellationToken))!;
            var at = time.GetUtcNow();
            var lsn = (await CatalogReader.TextAsync(connection, version >= 100000 ? "SELECT pg_current_wal_lsn()::text" : "SELECT pg_current_xlog_location()::text", cancellationToken))!;
            var tables = await CatalogReader.TablesAsync(connection, cancellationToken);
            if (!tables.SequenceEqual(before))
                throw new AttemptVoidException("Tables were made, dropped, renamed, truncated or rewritten just while they were being locked.");
            return new HeldSnapshot(connection, id, lsn, at, tables);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            await connection.DisposeAsync();
            throw new AttemptVoidException("A table was dropped or renamed just while the tables were being locked.", e);
        }
        catch (Exception e) when (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DeadlockDetected } or NpgsqlException { InnerException: TimeoutException })
        {
            await connection.DisposeAsync();
            throw new AttemptVoidException($"Another session holds a lock on a table for longer than {lockTimeout.TotalSeconds:0} s; see pg_locks for it.", e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Counts each table's own rows, and reads its size, in the snapshot.</summary>
    public async Task<IReadOnlyList<SetTable>> CountAsync(CancellationToken cancellationToken)
    {
        var sizes = await CatalogReader.SizesAsync(_connection, cancellationToken);
        List<SetTable> counted = [];
        foreach (var table in Tables)
        {
            long? rows = null;
            if (!table.IsPartitioned)
            {
                await using var count = new NpgsqlCommand($"SELECT count(*) FROM ONLY {table.Quoted}", _connection);
                rows = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
            }

            counted.Add(new SetTable(table.Oid, table.Schema, table.Name, sizes.GetValueOrDefault(table.Oid), rows, Digest: null));
        }

        return counted;
    }

    /// <summary>That it is still held: nothing that was read with it counts otherwise.</summary>
    public async Task AssertHeldAsync(CancellationToken cancellationToken) => await ExecuteAsync(_connection, "SELECT 1", cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task LockAsync(NpgsqlConnection connection, List<ListedTable> tables, int version, TimeSpan limit, CancellationToken cancellationToken)
    {
        var milliseconds = (long)limit.TotalMilliseconds;
        if (version >= 90300)
            await ExecuteAsync(connection, $"SET LOCAL lock_timeout = {milliseconds}", cancellationToken);
        foreach (var batch in tables.Chunk(Batch))
        {
            await using var command = new NpgsqlCommand($"LOCK TABLE {string.Join(", ", batch.Select(table => table.Quoted))} IN ACCESS SHARE MODE", connection);
            if (version < 90300)
                command.CommandTimeout = Math.Max(1, (int)limit.TotalSeconds); // there is no lock_timeout: the driver cancels it
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (version >= 90300)
            await ExecuteAsync(connection, "SET LOCAL lock_timeout = 0", cancellationToken);
    }

    /// <summary>The limits that a role or database may have set, and which would end the session in the middle.</summary>
    private static IEnumerable<string> Limits(int version) => new (int Since, string Name)[]
    {
        (0, "statement_timeout"), (90300, "lock_timeout"), (90600, "idle_in_transaction_session_timeout"), (140000, "idle_session_timeout"), (170000, "transaction_timeout"),
    }.Where(limit => version >= limit.Since).Select(limit => limit.Name);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
