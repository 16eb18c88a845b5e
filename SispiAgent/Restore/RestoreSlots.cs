namespace SispiAgent.Restore;

/// <summary>
/// The sessions of a restore. One that falls free goes to the step of the largest table: a large one begun last would be alone at the end, and an index that follows its
/// rows at once finds them in memory. pg_restore's own <c>-j</c> does it so.
/// </summary>
/// <param name="count">How many there are.</param>
internal sealed class RestoreSlots(int count)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, (long, int)> _waiting = new();
    private int _free = count;
    private int _order;

    /// <summary>Whether none is free.</summary>
    public bool AreBusy => Volatile.Read(ref _free) == 0;

    /// <summary>Takes one.</summary>
    /// <param name="bytes">The size of the step's table: the larger goes first; of equal ones who came first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            _waiting.Enqueue(turn, (-bytes, _order++));
        }

        await using (cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken)))
            await turn.Task;
    }

    /// <summary>Gives one back.</summary>
    public void Give()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next, out _))
            {
                if (next.TrySetResult())
                    return;
            }

            _free++;
        }
    }
}
