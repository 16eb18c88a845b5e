namespace SispiAgent.Restore;

/// <summary>A restore broke after something was made.</summary>
/// <param name="at">At what it broke: a database and a file.</param>
/// <param name="message">What happened, with the object as the tool names it.</param>
/// <param name="innerException">What caused it.</param>
internal sealed class RestoreFailedException(string at, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether what it had made was taken away again: there is nothing to go on with.</summary>
    public bool IsUndone { get; init; }

    /// <summary>At what it broke.</summary>
    public string At { get; } = at;
}
