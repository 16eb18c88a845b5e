namespace SispiAgent.Backup;

/// <summary>A run broke: there is no new set, the older ones are as they were.</summary>
/// <param name="unit">The unit at which it broke.</param>
/// <param name="message">What happened.</param>
/// <param name="hint">What would put it right.</param>
/// <param name="innerException">What caused it.</param>
internal sealed class BackupFailedException(string unit, string message, string hint, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The unit at which it broke.</summary>
    public string Unit { get; } = unit;

    /// <summary>What would put it right.</summary>
    public string Hint { get; } = hint;
}
