using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What came of a run that made a set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Previous">The set before it on this host's disk, to compare with.</param>
/// <param name="CopyProblems">Why a copy is missing; empty: every other database host has one.</param>
/// <param name="Destinations">The hosts that get copies.</param>
/// <param name="Pruned">The sets that were removed, with the reason.</param>
/// <param name="NextToGo">The oldest set that a rule other than its age still keeps, as a sentence.</param>
internal sealed record BackupOutcome(
    BackupSet Set, BackupSet? Previous, IReadOnlyList<string> CopyProblems, IReadOnlyList<string> Destinations, IReadOnlyList<SetDeletion> Pruned, string NextToGo);
