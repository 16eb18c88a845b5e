namespace SispiAgent.Tests.Conventions.Planted.Findings;

/// <summary>Planted: the lowest level knows a high one, and a package that is not its own.</summary>
internal sealed class KnowsMail
{
    public Mail.Sender? Sender { get; init; }

    public MimeKit.MimeMessage? Message { get; init; }
}
