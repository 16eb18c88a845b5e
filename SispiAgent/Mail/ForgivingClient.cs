using MailKit.Net.Smtp;
using MimeKit;

namespace SispiAgent.Mail;

/// <summary>An SMTP client that goes on when one of several recipients is refused: the others must hear of it.</summary>
internal sealed class ForgivingClient : SmtpClient
{
    private readonly List<(string Why, SmtpStatusCode Code)> _refused = [];

    /// <summary>Whom the server refused, each with its reason.</summary>
    public IReadOnlyList<string> Refused => [.. _refused.Select(entry => entry.Why)];

    /// <inheritdoc/>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        _refused.Add(($"{mailbox.Address}: {(int)response.StatusCode} {response.Response}", response.StatusCode));

    /// <inheritdoc/>
    protected override void OnNoRecipientsAccepted(MimeMessage message) =>
        throw new AllRecipientsRefusedException(Refused, _refused.All(entry => (int)entry.Code >= 500));
}
