using SispiAgent.Platform;

namespace SispiAgent.Restore;

/// <summary>Tells how far a program has read a dump: pg_restore goes through a file once, from its beginning to its end.</summary>
internal sealed class FileProgress : IAsyncDisposable
{
    private const double Ceiling = 0.99;
    private readonly RepeatedLook _looks;
    private volatile int _processId;

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The dump.</param>
    /// <param name="told">What is told with each look, but for its fraction.</param>
    /// <param name="progress">Who is told.</param>
    /// <param name="time">The clock.</param>
    public FileProgress(string path, RestoreProgress told, IProgress<RestoreProgress> progress, TimeProvider time) => _looks = new(() =>
    {
        if (_processId is var process and > 0 && ReadingPosition.Of(process, path) is { } position)
            progress.Report(told with { Fraction = Math.Max(told.Fraction, Fraction(position, new FileInfo(path).Length)) });
    }, time);

    /// <summary>The program has started.</summary>
    public void Watch(int processId) => _processId = processId;

    /// <summary>How much is done. It is not all done before the program has ended.</summary>
    public static double Fraction(long position, long length) => Math.Clamp((double)position / Math.Max(1, length), 0, Ceiling);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _looks.DisposeAsync();
}
