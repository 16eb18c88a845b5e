using System.Globalization;
using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>
/// That somebody reads a set: until it is released, or its process ends in whatever way, pruning leaves the set alone, and a copy that arrives does not replace it.
/// Several may hold one. It is a lock of the file
/// <c>20261129T140200Z.hold</c> beside the set's folder; the file itself means nothing and may stay.
/// </summary>
internal sealed class SetHold : IDisposable
{
    private const string Suffix = ".hold";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream? _shared;

    private SetHold(FileStream? shared) => _shared = shared;

    /// <summary>Holds a set.</summary>
    /// <param name="setFolder">The set's folder.</param>
    /// <param name="what">Who holds it, in a word or a few.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">It is being removed.</exception>
    public static async Task<SetHold> TakeAsync(string setFolder, string what, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = PathOf(setFolder);
        for (var begin = time.GetTimestamp(); ;)
        {
            Describe(path, what, time);
            try
            {
                var shared = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (Directory.Exists(setFolder))
                    return new(shared);
                await shared.DisposeAsync();
                throw new AgentException($"{setFolder} is not there any more.", "Retention may have removed it: sispi-agent backup list --deleted");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (time.GetElapsedTime(begin) < Patience)
                    await Task.Delay(Pause, time, cancellationToken); // pruning looks whether somebody holds it, or removes it
                else if (!File.Exists(path) && Directory.Exists(setFolder))
                    return new(null); // a disk that can't be written: nothing is pruned there either
                else
                    throw new AgentException($"{setFolder} can't be held: {e.Message}", "Is it being removed? sispi-agent backup list --deleted", e);
            }
        }
    }

    private static void Describe(string path, string what, TimeProvider time)
    {
        try
        {
            if (!File.Exists(path))
                OwnerOnly.CreateFile(path);
            File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{what}, process {Environment.ProcessId}, since {time.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm} UTC\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // only a name for people: what counts is the lock
        }
    }

    /// <summary>Who holds a set; <see langword="null"/>: nobody.</summary>
    public static string? Holder(string setFolder)
    {
        var path = PathOf(setFolder);
        if (!File.Exists(path))
            return null;
        using (var only = FileLock.TryTake(path))
        {
            if (only is not null)
                return null;
        }

        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "somebody"; // it has just been written, or removed
        }
    }

    /// <summary>Takes a set for removal, until it is disposed; <see langword="null"/>: somebody holds it.</summary>
    public static IDisposable? TryTakeForRemoval(string setFolder) => FileLock.TryTake(PathOf(setFolder)) is { } only ? new Removal(only, PathOf(setFolder)) : null;

    /// <summary>Removes the file of a set that is gone.</summary>
    public static void Forget(string setFolder) => File.Delete(PathOf(setFolder));

    /// <inheritdoc/>
    public void Dispose() => _shared?.Dispose();

    /// <summary>The lock of a removal. The file goes before the lock does: whoever waits for it makes a new one.</summary>
    private sealed class Removal(FileLock only, string path) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                File.Delete(path);
                only.Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                only.Dispose(); // Windows does not delete what is open: the file stays, and means nothing
            }
        }
    }

    private static string PathOf(string setFolder) => setFolder + Suffix;
}
