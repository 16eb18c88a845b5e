using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>The locks on all tables of one database (ACCESS SHARE), in a session of their own: what came meanwhile is locked too, and nothing is given up for it.</summary>
internal sealed class TableLocks : IAsyncDisposable
{
    private const int Batch = 500;
    private readonly RunContext _run;
    private readonly NpgsqlConnection _connection;
    private readonly TimeProvider _time;
    private readonly HashSet<(long Oid, string Schema, string Name)> _locked = [];

    /// <summary>Where the locked tables are stored, as listed after they had been locked.</summary>
    private Dictionary<long, long> _fileNodes = [];

    private TableLocks(RunContext run, NpgsqlConnection connection, TimeProvider time) => (_run, _connection, _time) = (run, connection, time);

    /// <summary>Opens the session.</summary>
    public static async Task<TableLocks> OpenAsync(RunContext run, string database, string session, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await SnapshotSession.OpenAsync(run.To(database, session), run.Version, cancellationToken);
        await SnapshotSession.ExecuteAsync(connection, "BEGIN READ ONLY", cancellationToken);
        if (run.Version >= 90300)
            await SnapshotSession.ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {(long)run.Options.LockTimeout.TotalMilliseconds}"), cancellationToken);
        return new(run, connection, time);
    }

    /// <summary>Lists the tables and locks those that are not locked yet.</summary>
    /// <exception cref="AttemptVoidException">One could not be locked in time.</exception>
    public async Task LockNewAsync(CancellationToken cancellationToken)
    {
        ListedRelation[] tables = [.. (await RelationReader.ReadAsync(_connection, _run.Version, withSizes: false, cancellationToken)).Where(relation => relation.IsLocked)];
        _fileNodes = tables.Where(table => _locked.Contains(Key(table))).ToDictionary(table => table.Oid, table => table.FileNode);
        ListedRelation[] pending = [.. tables.Where(table => !_locked.Contains(Key(table)))];
        if (pending.Length == 0)
            return;
        await using var blockers = new BlockerWatch(_run.To("postgres", SessionName.Prefix + "watch"), _run.Version, _connection.ProcessID, _time);
        try
        {
            foreach (var batch in pending.Chunk(Batch))
                await LockAsync(batch, cancellationToken);
        }
        catch (NpgsqlException e) when (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DeadlockDetected } or { InnerException: TimeoutException })
        {
            throw new AttemptVoidException(string.Create(CultureInfo.InvariantCulture, $"A table is locked for longer than {_run.Options.LockTimeout.TotalSeconds:0} s, by {blockers.LastSeen ?? "a session that was not seen; see pg_locks"}."), e);
        }
    }

    /// <summary>Whether all tables of a listing are locked, and stored where they were seen after that: nobody has emptied or rewritten them since the listing.</summary>
    public bool Cover(IEnumerable<ListedRelation> relations) => relations.Where(relation => relation.IsLocked).All(table => _locked.Contains(Key(table)) && _fileNodes.GetValueOrDefault(table.Oid, -1) == table.FileNode);

    /// <summary>That they are still held.</summary>
    public Task AssertHeldAsync(CancellationToken cancellationToken) => SnapshotSession.ExecuteAsync(_connection, "SELECT 1", cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static (long Oid, string Schema, string Name) Key(ListedRelation table) => (table.Oid, table.Schema, table.Name);

    /// <summary>Locks some; what was dropped or renamed just then is left to the next round.</summary>
    private async Task LockAsync(ListedRelation[] tables, CancellationToken cancellationToken)
    {
        await SnapshotSession.ExecuteAsync(_connection, "SAVEPOINT locking", cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"LOCK TABLE ONLY {string.Join(", ONLY ", tables.Select(table => table.Quoted))} IN ACCESS SHARE MODE", _connection);
            if (_run.Version < 90300)
                command.CommandTimeout = Math.Max(1, (int)_run.Options.LockTimeout.TotalSeconds); // there is no lock_timeout: the driver cancels it
            await command.ExecuteNonQueryAsync(cancellationToken);
            _locked.UnionWith(tables.Select(Key));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.WrongObjectType)
        {
            await SnapshotSession.ExecuteAsync(_connection, "ROLLBACK TO SAVEPOINT locking", cancellationToken);
        }
    }
}
