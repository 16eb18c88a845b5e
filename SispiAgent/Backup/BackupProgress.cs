namespace SispiAgent.Backup;

/// <summary>Where a run is.</summary>
/// <param name="Unit">What it works on: <c>decam_prd (whole)</c>, <c>globals</c>, <c>copy</c>.</param>
/// <param name="Step">What it does with it, in a word or a few.</param>
/// <param name="Fraction">How much of the unit is done, 0 to 1, as far as that can be told.</param>
internal sealed record BackupProgress(string Unit, string Step, double Fraction);
