using System.Globalization;
using MimeKit;
using MimeKit.Utils;
using SispiAgent.Alerts;
using SispiAgent.Cluster;

namespace SispiAgent.Mail;

/// <summary>Writes a mail's words as MIME: text first, HTML with it, threaded under the first mail of its incident.</summary>
internal sealed class MailWriter(MailComposer composer, Outbox outbox, CurrentSite site)
{
    /// <summary>Writes a mail that waits.</summary>
    public (MimeMessage Message, IReadOnlyList<string> ThreadKeys) Write(WaitingMail mail, MailOptions options)
    {
        var content = composer.Compose(mail);
        var message = Write(content.Subject, content, options, mail.BoundAt);

        // the same row gives the same id: if a crash comes between acceptance and our forgetting it, readers' programs see one mail
        message.MessageId = string.Create(CultureInfo.InvariantCulture, $"{mail.BoundAt.UtcTicks:x}.{mail.Id}@{site.Value.Self.Name}.sispi-agent");
        string[] first = [.. content.ThreadKeys.Select(outbox.FirstOfThread).OfType<string>().Distinct()];
        if (first.Length > 0)
        {
            message.InReplyTo = first[0];
            message.References.AddRange(first);
        }

        return (message, content.ThreadKeys);
    }

    /// <summary>Writes a mail that belongs to nothing.</summary>
    public static MimeMessage Write(string subject, MailContent content, MailOptions options, DateTimeOffset date)
    {
        var message = new MimeMessage
        {
            Subject = SubjectLine.Clean(subject),
            Date = date,
            Body = new BodyBuilder { TextBody = TextBody.Render(content.Blocks), HtmlBody = HtmlBody.Render(subject, content.Blocks) }.ToMessageBody(),
            MessageId = MimeUtils.GenerateMessageId("sispi-agent"),
        };
        message.From.Add(new MailboxAddress("SispiAgent", options.From));
        message.To.AddRange(options.Recipients.Select(recipient => new MailboxAddress("", recipient)));
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's vacation program answers it
        return message;
    }
}
