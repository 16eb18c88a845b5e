using System.Globalization;
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

    private HeldSnapshot(NpgsqlConnection connection, string? id, string lsn, DateTimeOffset at, IReadOnlyList<ListedRelation> relations, long largeObjectBytes)
    {
        Connection = connection;
        Id = id;
        Lsn = lsn;
        At = at;
        Relations = relations;
        LargeObjectBytes = largeObjectBytes;
    }

    /// <summary>The session that holds it: what is read there is of that moment.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The identifier for <c>pg_dump --snapshot</c>; <see langword="null"/> where the server or pg_dump can't share one: then only the tables are locked.</summary>
    public string? Id { get; }

    /// <summary>Where the server wrote then.</summary>
    public string Lsn { get; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; }

    /// <summary>All relations; the tables are locked.</summary>
    public IReadOnlyList<ListedRelation> Relations { get; }

    /// <summary>What the large objects take.</summary>
    public long LargeObjectBytes { get; }

    /// <summary>Locks and takes it.</summary>
    /// <exception cref="AttemptVoidException">A table could not be locked in time, or the tables changed meanwhile.</exception>
    public static async Task<HeldSnapshot> TakeAsync(RunContext run, string database, string session, TimeProvider time, CancellationToken cancellationToken)
    {
        var version = run.Version;
        var isShared = run.Tools.CanShareSnapshot(version);
        var connection = await SnapshotSession.OpenAsync(run.To(database, session), version, cancellationToken);
        await using var blockers = new BlockerWatch(run.To("postgres", SessionName.Prefix + "watch"), version, connection.ProcessID, time);
        try
        {
            var before = await RelationReader.ReadAsync(connection, version, withSizes: false, cancellationToken);
            await SnapshotSession.ExecuteAsync(connection, isShared ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN READ ONLY", cancellationToken);
            await LockAsync(connection, before, version, run.Options.LockTimeout, cancellationToken);
            var id = isShared ? await CatalogReader.TextAsync(connection, "SELECT pg_export_snapshot()", cancellationToken) : null;
            var at = time.GetUtcNow();
            var lsn = (await CatalogReader.TextAsync(connection, version >= 100000 ? "SELECT pg_current_wal_lsn()::text" : "SELECT pg_current_xlog_location()::text", cancellationToken))!;
            var relations = await RelationReader.ReadAsync(connection, version, withSizes: true, cancellationToken);
            if (!Tables(relations).SequenceEqual(Tables(before)))
                throw new AttemptVoidException("Tables were made, dropped, renamed, truncated or rewritten just while they were being locked.");
            return new HeldSnapshot(connection, id, lsn, at, relations, await RelationReader.LargeObjectBytesAsync(connection, cancellationToken));
        }
        catch (NpgsqlException e) when (Void(e, run.Options.LockTimeout) is { } reason)
        {
            await connection.DisposeAsync();
            throw new AttemptVoidException(string.Format(CultureInfo.InvariantCulture, reason, blockers.LastSeen ?? "a session that was not seen; see pg_locks"), e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>That it is still held: nothing that was read with it counts otherwise.</summary>
    public Task AssertHeldAsync(CancellationToken cancellationToken) => SnapshotSession.ExecuteAsync(Connection, "SELECT 1", cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    /// <summary>Why an error makes only this attempt void, with room for who blocks; <see langword="null"/> if it is of another kind.</summary>
    private static string? Void(NpgsqlException e, TimeSpan limit) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } => "A table was dropped or renamed just while the tables were being locked.",
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DeadlockDetected } or { InnerException: TimeoutException } =>
            string.Create(CultureInfo.InvariantCulture, $"A table is locked for longer than {limit.TotalSeconds:0} s, by {{0}}."),
        _ => null,
    };

    private static IEnumerable<ListedRelation> Tables(IEnumerable<ListedRelation> relations) => relations.Where(relation => relation.IsLocked).Select(relation => relation with { Bytes = 0 });

    private static async Task LockAsync(NpgsqlConnection connection, IEnumerable<ListedRelation> relations, int version, TimeSpan limit, CancellationToken cancellationToken)
    {
        var milliseconds = (long)limit.TotalMilliseconds;
        if (version >= 90300)
            await SnapshotSession.ExecuteAsync(connection, $"SET LOCAL lock_timeout = {milliseconds}", cancellationToken);
        foreach (var batch in relations.Where(relation => relation.IsLocked).Chunk(Batch))
        {
            await using var command = new NpgsqlCommand($"LOCK TABLE ONLY {string.Join(", ONLY ", batch.Select(table => table.Quoted))} IN ACCESS SHARE MODE", connection);
            if (version < 90300)
                command.CommandTimeout = Math.Max(1, (int)limit.TotalSeconds); // there is no lock_timeout: the driver cancels it
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (version >= 90300)
            await SnapshotSession.ExecuteAsync(connection, "SET LOCAL lock_timeout = 0", cancellationToken);
    }
}
