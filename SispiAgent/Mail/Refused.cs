namespace SispiAgent.Mail;

/// <summary>A recipient that the mail server refused.</summary>
/// <param name="Address">Who.</param>
/// <param name="Code">The reply's code.</param>
/// <param name="Reply">What the server said.</param>
internal sealed record Refused(string Address, int Code, string Reply)
{
    /// <summary>Whether trying again can't help: the server said 5xx.</summary>
    public bool IsPermanent => Code >= 500;

    /// <inheritdoc/>
    public override string ToString() => $"{Address}: {Code} {Reply}";
}
