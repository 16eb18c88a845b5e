using System.Globalization;
using Npgsql;

namespace SispiAgent.BackupSets;

/// <summary>Reads digests in a session of its own, whose settings it pins.</summary>
internal sealed class TableDigests
{
    private readonly NpgsqlConnection _connection;
    private readonly int _version;
    private readonly bool _isInTransaction;

    private TableDigests(NpgsqlConnection connection, int version, bool isInTransaction) => (_connection, _version, _isInTransaction) = (connection, version, isInTransaction);

    /// <summary>Pins the settings of a session. They stay: the connection is for digests from now on, and not to be used for anything that needs a search path.</summary>
    /// <param name="connection">Open; in a transaction with the snapshot if the digests are to be of one moment, and then in the same one as long as digests are read.</param>
    /// <param name="version">The server's.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<TableDigests> PrepareAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        var isInTransaction = await BriefLocks.IsInTransactionAsync(connection, cancellationToken);
        await using var pin = new NpgsqlCommand(string.Join("; ", DigestQuery.Settings(version)), connection);
        await pin.ExecuteNonQueryAsync(cancellationToken);
        return new(connection, version, isInTransaction);
    }

    /// <summary>Counts and digests a table's own rows.</summary>
    /// <param name="schema">Its schema.</param>
    /// <param name="name">Its name.</param>
    /// <param name="columns">Its columns, in any order: see <see cref="TableColumns"/>.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<TableDigest> ReadAsync(string schema, string name, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync(DigestQuery.Table(_version, schema, name, columns), cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ProgramLimitExceeded or PostgresErrorCodes.OutOfMemory)
        {
            // a row's text can be longer than the server's limit of 1 GB although it can be dumped
            await BriefLocks.RecoverAsync(_connection, _isInTransaction, cancellationToken);
            return new(await CountAsync(schema, name, cancellationToken), null);
        }
    }

    /// <summary>Counts a table's own rows.</summary>
    public async Task<long> CountAsync(string schema, string name, CancellationToken cancellationToken)
    {
        await using var batch = BriefLocks.Wrap(_connection, _isInTransaction, $"SELECT count(*) FROM ONLY {SqlName.Quote(schema)}.{SqlName.Quote(name)}");
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Counts and digests the large objects. Only a superuser may read them all: for others the digest is <see langword="null"/>.</summary>
    public async Task<TableDigest> LargeObjectsAsync(CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand("SELECT has_table_privilege('pg_catalog.pg_largeobject', 'SELECT'), current_setting('block_size'), (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata)", _connection);
        bool isAllowed;
        int blockSize;
        long count;
        await using (var row = await look.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            (isAllowed, blockSize, count) = (row.GetBoolean(0), int.Parse(row.GetString(1), CultureInfo.InvariantCulture), row.GetInt64(2));
        }

        return isAllowed ? await QueryAsync(DigestQuery.LargeObjects(_version, blockSize), cancellationToken) : new(count, null);
    }

    private async Task<TableDigest> QueryAsync(string query, CancellationToken cancellationToken)
    {
        await using var batch = BriefLocks.Wrap(_connection, _isInTransaction, query);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new(row.GetInt64(0), DigestQuery.Prefix(_version) + row.GetString(1));
    }
}
