namespace SispiAgent.Mail;

/// <summary>The server refused every recipient.</summary>
/// <param name="refused">Each with its reason.</param>
/// <param name="isPermanent">Whether it refused each for good (5xx).</param>
internal sealed class AllRecipientsRefusedException(IReadOnlyList<string> refused, bool isPermanent) : Exception($"Every recipient was refused: {string.Join("; ", refused)}")
{
    /// <summary>Whether trying again can't help.</summary>
    public bool IsPermanent { get; } = isPermanent;
}
