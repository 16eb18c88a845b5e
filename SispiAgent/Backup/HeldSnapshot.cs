using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>
/// One point in time of one database, held open. A snapshot alone does not protect against TRUNCATE or a rewriting ALTER: so first every
/// table is locked (ACCESS SHARE, which hinders no reader and no writer), then the snapshot is taken by a second session, and all that it shows has to be locked.
/// </summary>
internal sealed class HeldSnapshot : IAsyncDisposable
{
    private const int MostRounds = 20;
    private readonly TableLocks _locks;

    private HeldSnapshot(TableLocks locks, NpgsqlConnection connection, string? id, string lsn, DateTimeOffset at, IReadOnlyList<ListedRelation> relations, long largeObjectBytes)
    {
        _locks = locks;
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
    /// <exception cref="AttemptVoidException">A table could not be locked in time, or tables come and go faster than they can be locked.</exception>
    public static async Task<HeldSnapshot> TakeAsync(RunContext run, string database, string session, TimeProvider time, CancellationToken cancellationToken)
    {
        var locks = await TableLocks.OpenAsync(run, database, session, time, cancellationToken);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await SnapshotSession.OpenAsync(run.To(database, session), run.Version, cancellationToken);
            for (var round = 0; round < MostRounds; round++)
            {
                await locks.LockNewAsync(cancellationToken);
                if (await TryAsync(run, locks, connection, time, cancellationToken) is { } held)
                    return held;
            }

            throw new AttemptVoidException("Tables are made and dropped faster than they can be locked.");
        }
        catch
        {
            if (connection is not null)
                await connection.DisposeAsync();
            await locks.DisposeAsync();
            throw;
        }
    }

    /// <summary>That it is still held: nothing that was read with it counts otherwise.</summary>
    public async Task AssertHeldAsync(CancellationToken cancellationToken)
    {
        await SnapshotSession.ExecuteAsync(Connection, "SELECT 1", cancellationToken);
        await _locks.AssertHeldAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _locks.DisposeAsync();
    }

    /// <summary>Takes a snapshot; <see langword="null"/> if it shows a table that was dropped or emptied before it could be locked.</summary>
    private static async Task<HeldSnapshot?> TryAsync(RunContext run, TableLocks locks, NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var isShared = run.Tools.CanShareSnapshot(run.Version);
        await SnapshotSession.ExecuteAsync(connection, isShared ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN READ ONLY", cancellationToken);
        var id = isShared ? await CatalogReader.TextAsync(connection, "SELECT pg_export_snapshot()", cancellationToken) : null;
        var at = time.GetUtcNow();
        var lsn = (await CatalogReader.TextAsync(connection, run.Version >= 100000 ? "SELECT pg_current_wal_lsn()::text" : "SELECT pg_current_xlog_location()::text", cancellationToken))!;
        var relations = await RelationReader.ReadAsync(connection, run.Version, withSizes: true, cancellationToken);
        for (var i = 0; i < 2 && !locks.Cover(relations); i++)
            await locks.LockNewAsync(cancellationToken); // a table that was made just before: locked afterwards, and looked at once more
        if (locks.Cover(relations))
            return new HeldSnapshot(locks, connection, id, lsn, at, relations, await RelationReader.LargeObjectBytesAsync(connection, cancellationToken));
        await SnapshotSession.ExecuteAsync(connection, "ROLLBACK", cancellationToken);
        return null;
    }
}
