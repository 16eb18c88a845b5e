using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.Configuration;

namespace SispiAgent.Mail;

/// <summary>Empties the outbox: binds what belongs together into mails, and tries each until a mail server takes it.</summary>
internal sealed partial class OutboxSender(
    Outbox outbox, MailWriter writer, SmtpTransport transport, LiveConfiguration configuration, LiveOptions<MailOptions> mail, LiveOptions<AlertsOptions> alerts, TimeProvider time,
    ILogger<OutboxSender> logger) : BackgroundService
{
    /// <summary>A verb in another process may have posted: look this often at least.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan[] Spacing =
        [TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)];

    private DateTimeOffset? _lastBound;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        configuration.Changed += outbox.RetryAll;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Bind();
                await SendDueAsync(stoppingToken);
                await outbox.WaitAsync(Look, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) // a later retry: an outbox that can't be read now must not end the agent
            {
                Log.OutboxUnreadable(logger, e);
                await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Bind()
    {
        var now = time.GetUtcNow();
        foreach (var together in Grouping.Decide(outbox.ReadUnbound(), _lastBound, now, alerts.Current.GroupWithin))
        {
            outbox.Bind(together);
            if (together[0].Notice is not null)
                _lastBound = now;
        }
    }

    private async Task SendDueAsync(CancellationToken cancellationToken)
    {
        foreach (var waiting in outbox.ReadMails().Where(waiting => !waiting.IsSetAside && waiting.NextTry <= time.GetUtcNow()))
            await SendAsync(waiting, cancellationToken);
    }

    private async Task SendAsync(WaitingMail waiting, CancellationToken cancellationToken)
    {
        var subject = $"mail {waiting.Id}";
        try
        {
            var (message, threads) = writer.Write(waiting, mail.Current);
            subject = message.Subject ?? subject;
            var outcome = await transport.SendAsync(message, cancellationToken);
            outbox.Sent(waiting, message.MessageId!, threads);
            Log.MailTaken(logger, subject, outcome.Reply);
            foreach (var refused in outcome.Refused)
                Log.RecipientRefused(logger, subject, refused);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // a later retry
        {
            var setAside = SmtpFailure.IsPermanent(e) || time.GetUtcNow() - waiting.BoundAt > mail.Current.KeepTrying;
            outbox.NotSent(waiting, e.Message, time.GetUtcNow() + Spacing[Math.Min(waiting.Attempts, Spacing.Length - 1)], setAside);
            if (setAside)
                Log.MailSetAside(logger, subject, e.Message);
            else
                Log.MailWaits(logger, subject, waiting.Attempts + 1, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "Mail \"{Subject}\" was taken: {Reply}")]
        public static partial void MailTaken(ILogger logger, string subject, string reply);

        [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "Mail \"{Subject}\" went to the other recipients, this one was refused: {Refused}")]
        public static partial void RecipientRefused(ILogger logger, string subject, string refused);

        [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "Mail \"{Subject}\" waits after try {Attempt}: {Problem}")]
        public static partial void MailWaits(ILogger logger, string subject, int attempt, string problem);

        [LoggerMessage(EventId = 7004, Level = LogLevel.Error, Message = "Mail \"{Subject}\" is set aside until the configuration changes: {Problem}")]
        public static partial void MailSetAside(ILogger logger, string subject, string problem);

        [LoggerMessage(EventId = 7005, Level = LogLevel.Error, Message = "The outbox could not be worked through; it is tried again.")]
        public static partial void OutboxUnreadable(ILogger logger, Exception exception);
    }
}
