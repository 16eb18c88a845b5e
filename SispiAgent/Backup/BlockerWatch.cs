using Npgsql;

namespace SispiAgent.Backup;

/// <summary>Remembers who was last seen to block a session: when its wait has ended in an error, nobody can be asked any more.</summary>
internal sealed class BlockerWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private volatile string? _lastSeen;

    /// <summary>Begins to watch.</summary>
    public BlockerWatch(NpgsqlConnectionStringBuilder settings, int version, int processId, TimeProvider time) => _watching = WatchAsync(settings, version, processId, time, _end.Token);

    /// <summary>Who it was; <see langword="null"/> if nobody was seen.</summary>
    public string? LastSeen => _lastSeen;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(NpgsqlConnectionStringBuilder settings, int version, int processId, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Interval, time, cancellationToken); // most often nobody blocks anything
            await using var connection = new NpgsqlConnection(settings.ToString());
            await connection.OpenAsync(cancellationToken);
            while (true)
            {
                var seen = await CatalogReader.TextAsync(connection, ActivityDialect.Blockers(version, processId), cancellationToken);
                _lastSeen = seen ?? _lastSeen;
                await Task.Delay(Interval, time, cancellationToken);
            }
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // it only names somebody; the wait itself ends by its own limit
        }
    }
}
