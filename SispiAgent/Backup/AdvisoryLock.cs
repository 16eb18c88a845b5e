using Npgsql;

namespace SispiAgent.Backup;

/// <summary>
/// Only one run at a time in a cluster: a session-level advisory lock in database <c>postgres</c> (they are per database), outside a
/// transaction. It is no fence: after a split both sides have it.
/// </summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
    /// <summary>"SISPIBAK" in ASCII.</summary>
    private const long Key = 0x5349535049_42414B;

    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(2);
    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    private AdvisoryLock(NpgsqlConnection connection, TimeProvider time)
    {
        _connection = connection;
        _watching = WatchAsync(time);
    }

    /// <summary>Cancelled when the session that holds the lock is gone: the run has to stop.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the lock, and ends what a killed run may have left on the server.</summary>
    /// <param name="settings">How to connect to database <c>postgres</c>.</param>
    /// <param name="version">The server's version.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BackupBusyException">Another run has it.</exception>
    public static async Task<AdvisoryLock> TakeAsync(NpgsqlConnectionStringBuilder settings, int version, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(settings.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var take = new NpgsqlCommand($"SELECT pg_try_advisory_lock({Key})", connection);
            if (await take.ExecuteScalarAsync(cancellationToken) is not true)
                throw new BackupBusyException();
            // a run that was killed can't end its pg_dump; whoever has the lock is the only run there is
            await using var end = new NpgsqlCommand($"SELECT pg_terminate_backend({ActivityDialect.ProcessId(version)}) FROM pg_stat_activity WHERE application_name LIKE '{SessionName.Prefix}%'", connection);
            await end.ExecuteNonQueryAsync(cancellationToken);
            return new AdvisoryLock(connection, time);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        await _connection.DisposeAsync();
        _lost.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync(TimeProvider time)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pulse, time, _end.Token);
                await using var look = new NpgsqlCommand("SELECT 1", _connection);
                await look.ExecuteScalarAsync(_end.Token);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // the run has ended
        }
        catch (Exception) // becomes the end of the run, which is reported
        {
            await _lost.CancelAsync();
        }
    }
}
