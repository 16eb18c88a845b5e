using System.Runtime.ExceptionServices;

namespace SispiAgent.Backup;

/// <summary>
/// How many files are worked on at once, over all databases. A database begins only when all files of the one before it have begun: its locks
/// are not held while it waits for its turn.
/// </summary>
/// <param name="count">So many.</param>
internal sealed class DumpSlots(int count) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(count);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>Waits for its turn, prepares, and works on all that was prepared, in that order. The first failure ends the others, and is thrown when they have ended.</summary>
    public async Task RunInTurnAsync<T>(Func<Task<IReadOnlyList<T>>> prepare, Func<T, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var isMine = true;
        try
        {
            await RunAsync(await prepare(), run, Release, cancellationToken);
        }
        finally
        {
            if (isMine)
                Release();
        }

        void Release()
        {
            isMine = false;
            _turn.Release();
        }
    }

    /// <summary>Works on all of them, in that order, between whatever else wants a slot. The first failure ends the others, and is thrown when they have ended.</summary>
    public Task RunAsync<T>(IReadOnlyList<T> work, Func<T, CancellationToken, Task> run, CancellationToken cancellationToken) => RunAsync(work, run, () => { }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync<T>(IReadOnlyList<T> work, Func<T, CancellationToken, Task> run, Action allHaveBegun, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        List<Task> begun = [];
        try
        {
            foreach (var item in work)
            {
                await _slots.WaitAsync(end.Token);
                if (end.IsCancellationRequested) // a wait that begins as the failure comes can get the slot that the failed one leaves
                {
                    _slots.Release();
                    end.Token.ThrowIfCancellationRequested();
                }

                begun.Add(WorkAsync(item));
            }

            allHaveBegun();
            await Task.WhenAll(begun);
        }
        catch
        {
            await end.CancelAsync();
            await Task.WhenAll(begun).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            first?.Throw(); // not that the others were ended because of it
            throw;
        }

        async Task WorkAsync(T item)
        {
            try
            {
                await run(item, end.Token);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(e), null);
                await end.CancelAsync();
                throw;
            }
            finally
            {
                _slots.Release();
            }
        }
    }
}
