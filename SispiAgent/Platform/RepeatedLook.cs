namespace SispiAgent.Platform;

/// <summary>Looks at something once a second, until it is disposed: for progress that nobody tells.</summary>
internal sealed class RepeatedLook : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;

    /// <summary>Begins; the first look comes after a second.</summary>
    /// <param name="look">What is done. It must not throw.</param>
    /// <param name="time">The clock.</param>
    public RepeatedLook(Action look, TimeProvider time) => _looking = RunAsync(look, time, _end.Token);

    /// <summary>Ends it; afterwards nothing looks any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        _end.Dispose();
    }

    private static async Task RunAsync(Action look, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
                return;
            look();
        }
    }
}
