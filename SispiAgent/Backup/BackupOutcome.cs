using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What came of a run that made a set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Earlier">The good sets of this cluster before it on this host's disk, own and copied, the newest first: to compare with.</param>
/// <param name="Copies">What became of the copies, a place each.</param>
/// <param name="Pruned">The sets that were removed, with the reason.</param>
/// <param name="NextToGo">The oldest set that a rule other than its age still keeps, as a sentence.</param>
internal sealed record BackupOutcome(BackupSet Set, IReadOnlyList<BackupSet> Earlier, IReadOnlyList<CopyResult> Copies, IReadOnlyList<SetDeletion> Pruned, string NextToGo)
{
    /// <summary>The last restore drill that passed; <see langword="null"/>: none did, as far as this host knows.</summary>
    public LastDrill? LastDrill { get; init; }

    /// <summary>The set before it; <see langword="null"/> if this is the first.</summary>
    public BackupSet? Previous => Earlier.Count > 0 ? Earlier[0] : null;

    /// <summary>Why copies are missing, one place a line; empty: every place has one.</summary>
    public IReadOnlyList<string> CopyProblems => [.. Copies.Where(copy => copy.Problem is not null).Select(copy => $"{copy.Place}: {copy.Problem}")];
}
