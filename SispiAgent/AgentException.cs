namespace SispiAgent;

/// <summary>The agent could not do its work, and the operator can act on it; a stack trace would not help.</summary>
/// <param name="message">What failed, naming the file, server or key.</param>
/// <param name="hint">What would put it right.</param>
/// <param name="innerException">What caused it, for the log.</param>
internal sealed class AgentException(string message, string hint, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What would put it right, as a sentence.</summary>
    public string Hint { get; } = hint;
}
