namespace SispiAgent.Restore;

/// <summary>This host can't restore the set: nothing is known about the set itself.</summary>
/// <param name="message">What it lacks.</param>
internal sealed class CannotDrillException(string message) : Exception(message);
