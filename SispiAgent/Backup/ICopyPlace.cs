using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>A place that gets a copy of every set that this host makes.</summary>
internal interface ICopyPlace
{
    /// <summary>What it is called in mails and marks.</summary>
    string Name { get; }

    /// <summary>Where the copies lie there, for people.</summary>
    string Where { get; }

    /// <summary>Copies a set there and proves it there.</summary>
    /// <param name="set">The set.</param>
    /// <param name="progress">Who wants to know where it is.</param>
    /// <param name="cancellationToken">Ends it early; the next try goes on.</param>
    /// <returns>What is wrong with the copy; <see langword="null"/>: it is proven.</returns>
    /// <exception cref="AgentException">It could not be copied.</exception>
    Task<string?> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken);
}
