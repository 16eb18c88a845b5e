using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>A step that waits for a session.</summary>
/// <param name="Step">The step.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Bytes">The size of what it fills or reads: the largest comes first.</param>
/// <param name="IsPortion">Whether it is one index or constraint, for one session.</param>
internal sealed record RestoreWork(RestoreStep Step, string Label, long Bytes, bool IsPortion);
