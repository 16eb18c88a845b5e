using MailKit.Net.Smtp;
using MimeKit;

namespace SispiAgent.Mail;

/// <summary>An SMTP client that goes on when one of several recipients is refused: the others must hear of it.</summary>
internal sealed class ForgivingClient : SmtpClient
{
    private readonly List<Refused> _refused = [];

    /// <summary>Whom the server refused.</summary>
    public IReadOnlyList<Refused> Refused => [.. _refused];

    /// <inheritdoc/>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        _refused.Add(new Refused(mailbox.Address, (int)response.StatusCode, response.Response));

    /// <inheritdoc/>
    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new AllRecipientsRefusedException(Refused);
}
