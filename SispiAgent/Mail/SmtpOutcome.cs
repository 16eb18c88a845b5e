namespace SispiAgent.Mail;

/// <summary>That a mail server has taken a mail.</summary>
/// <param name="Reply">What it said.</param>
/// <param name="Refused">Recipients that it refused.</param>
internal sealed record SmtpOutcome(string Reply, IReadOnlyList<Refused> Refused);
