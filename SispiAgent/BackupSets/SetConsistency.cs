namespace SispiAgent.BackupSets;

/// <summary>Files that show one point in time.</summary>
/// <param name="Database">Of this database.</param>
/// <param name="Snapshot">The snapshot; <see langword="null"/> where pg_dump's own is all there is.</param>
/// <param name="Files">The files.</param>
/// <param name="Words">What that means, as a sentence.</param>
internal sealed record SetConsistency(string Database, string? Snapshot, IReadOnlyList<string> Files, string Words);
