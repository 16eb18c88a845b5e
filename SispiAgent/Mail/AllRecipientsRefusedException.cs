namespace SispiAgent.Mail;

/// <summary>The server refused every recipient.</summary>
/// <param name="refused">Each with its reason.</param>
internal sealed class AllRecipientsRefusedException(IReadOnlyList<Refused> refused) : Exception($"Every recipient was refused: {string.Join("; ", refused)}")
{
    /// <summary>Whether trying again can't help: each was refused for good.</summary>
    public bool IsPermanent { get; } = refused.All(recipient => recipient.IsPermanent);
}
