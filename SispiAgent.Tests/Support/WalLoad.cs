using Npgsql;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>Writes WAL at a steady rate, 4 MB a second, until it is disposed; needs 9.6 or later.</summary>
internal sealed class WalLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _writing;

    public WalLoad(ScratchServer primary) => _writing = WriteAsync(primary);

    /// <summary>Writes nothing until something else is done.</summary>
    public async Task RestAsync(Func<Task> meanwhile)
    {
        await _turn.WaitAsync();
        try
        {
            await meanwhile();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _writing;
        _ending.Dispose();
        _turn.Dispose();
    }

    private async Task WriteAsync(ScratchServer primary)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand("SELECT pg_logical_emit_message(false, 'load', repeat('x', 1 << 20))", connection);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        while (!_ending.IsCancellationRequested)
        {
            await RestAsync(() => command.ExecuteNonQueryAsync(default));
            await pace.WaitForNextTickAsync(default);
        }
    }
}
