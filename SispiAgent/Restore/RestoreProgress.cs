namespace SispiAgent.Restore;

/// <summary>Where a restore is.</summary>
/// <param name="Unit">What it works on.</param>
/// <param name="Step">What it does with it, in a few words.</param>
/// <param name="Fraction">How much of it is done, 0 to 1.</param>
internal sealed record RestoreProgress(string Unit, string Step, double Fraction);
