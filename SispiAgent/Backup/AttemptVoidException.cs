namespace SispiAgent.Backup;

/// <summary>An attempt at one database came to nothing and may be made again, with a new snapshot.</summary>
/// <param name="message">Why.</param>
/// <param name="innerException">What caused it.</param>
internal sealed class AttemptVoidException(string message, Exception? innerException = null) : Exception(message, innerException);
