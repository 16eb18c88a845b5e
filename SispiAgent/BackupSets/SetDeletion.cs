namespace SispiAgent.BackupSets;

/// <summary>That retention removed a set from this host's disk, or began to.</summary>
/// <param name="Set">The set's id.</param>
/// <param name="Reason">Why it could go.</param>
/// <param name="Replacement">The newer verified set that made it dispensable; <see langword="null"/> where the record was lost.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Intended">When it was begun, UTC.</param>
/// <param name="Completed">When the last file was gone, UTC; <see langword="null"/>: not yet.</param>
/// <param name="Problem">Why it is not gone yet; <see langword="null"/>: nothing was in the way.</param>
internal sealed record SetDeletion(string Set, string Reason, string? Replacement, long Bytes, DateTimeOffset Intended, DateTimeOffset? Completed, string? Problem);
