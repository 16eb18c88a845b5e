using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>Tells how far a dump is, by the size that its file had last time, or else by a guess: dumps are about a third of their tables.</summary>
internal sealed class FileGrowth : IAsyncDisposable
{
    private const double Ceiling = 0.99;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    /// <summary>Begins to watch.</summary>
    public FileGrowth(RunContext run, PlannedUnit unit, string label, TimeProvider time) => _watching = WatchAsync(run, unit, label, time, _end.Token);

    /// <summary>How much is done.</summary>
    /// <param name="written">The size of the file.</param>
    /// <param name="last">The size that it had last time.</param>
    /// <param name="tables">The size of its tables on the server.</param>
    public static double Fraction(long written, long? last, long tables) => Math.Min(Ceiling, (double)written / Math.Max(1, last ?? tables / 3));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private static async Task WatchAsync(RunContext run, PlannedUnit unit, string label, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(run.Folder, unit.File));
        var last = run.Last?.Manifest.Files.FirstOrDefault(one => one.Name == unit.File)?.Bytes;
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
                return;
            file.Refresh();
            if (file.Exists)
                run.Progress.Report(new(label, "dumps", Fraction(file.Length, last, unit.Bytes)));
        }
    }
}
