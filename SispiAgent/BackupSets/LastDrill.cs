namespace SispiAgent.BackupSets;

/// <summary>The last restore drill that passed.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Set">With which set.</param>
internal sealed record LastDrill(DateTimeOffset At, string Set);
