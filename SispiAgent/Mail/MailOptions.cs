using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Mail;

/// <summary>How the way to the mail server is protected.</summary>
internal enum MailSecurity
{
    /// <summary>Not at all: for a mail server on the same host.</summary>
    None,

    /// <summary>TLS after STARTTLS; refused when the server offers none.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,
}

/// <summary>Section <c>Mail</c>: through whom and to whom the agent mails.</summary>
internal sealed class MailOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Mail";

    /// <summary>The mail server.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>Its port, 1 to 65535.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 25;

    /// <summary>How the way there is protected.</summary>
    public MailSecurity Security { get; set; } = MailSecurity.None;

    /// <summary>The user to authenticate as. Empty: none.</summary>
    public string User { get; set; } = "";

    /// <summary>A file, 0600, with the user's password. Empty: the systemd credential <c>mail-password</c>, else the environment variable <c>SISPI_MAIL_PASSWORD</c>.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>A PEM file with the certificate of the authority that the server's certificate comes from. Empty: the system's authorities.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>The sender. A bare name gets the local mail server's domain.</summary>
    [Required]
    public string From { get; set; } = "sispi-agent";

    /// <summary>Who gets the mail: addresses, or aliases of the local mail server such as <c>postgres-status</c>.</summary>
    public List<string> Recipients { get; } = ["postgres-status"];

    /// <summary>How long one try may take in all: 5 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For how long a mail that no server takes is tried again: 1 h to 30 days. After that it is set aside, shown by <c>status</c> and tried hourly.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan KeepTrying { get; set; } = TimeSpan.FromDays(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Recipients.Count == 0)
            yield return new ValidationResult("Nobody would get the mail; name at least one recipient, such as postgres-status.", [nameof(Recipients)]);
        foreach (var recipient in Recipients.Append(From).Where(address => address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || address.Length == 0))
            yield return new ValidationResult($"\"{recipient}\" is no address; write one like postgres-status or dba@example.org.", [nameof(Recipients)]);
        if (User.Length > 0 && Security is MailSecurity.None && Host is not ("localhost" or "127.0.0.1" or "::1"))
            yield return new ValidationResult("A password would cross the network in clear; set Mail:Security to StartTls or Tls.", [nameof(Security)]);
    }
}
