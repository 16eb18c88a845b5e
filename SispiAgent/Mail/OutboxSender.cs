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

    /// <summary>The last notices that were bound, and the last that made waiting mails be tried at once.</summary>
    private DateTimeOffset? _lastBound;
    private long _lastUrgent;

    /// <summary>Whether the last try ended without the mail server having judged the mail.</summary>
    private bool _isWayClosed;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        configuration.Changed += () => outbox.RetryAll();
        outbox.RetryAll(); // whoever started the agent may have mended what was in the way
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
        var unbound = outbox.ReadUnbound();
        var isHeldUp = _isWayClosed && outbox.ReadMails().Count > 0;
        foreach (var together in Grouping.Decide(unbound, _lastBound, now, alerts.Current.GroupWithin, isHeldUp))
        {
            outbox.Bind(together);
            if (together[0].Notice is not null)
                _lastBound = now;
        }

        if (isHeldUp && unbound.LastOrDefault(Grouping.IsUrgent) is { } urgent && urgent.Id > _lastUrgent)
        {
            _lastUrgent = urgent.Id;
            outbox.RetryAll(); // it waits behind a mail whose next try may be far off
        }
    }

    private async Task SendDueAsync(CancellationToken cancellationToken)
    {
        foreach (var waiting in outbox.ReadMails().Where(waiting => waiting.NextTry <= time.GetUtcNow()))
        {
            var wasClosed = _isWayClosed;
            await SendAsync(waiting, cancellationToken);
            if (wasClosed && !_isWayClosed)
                outbox.RetryAll();
        }
    }

    private async Task SendAsync(WaitingMail waiting, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var options = mail.Current;
        var (subject, id) = ($"mail {waiting.Id}", "");
        IReadOnlyList<string> threads = [];
        try
        {
            (var message, threads) = writer.Write(waiting, options);
            (subject, id) = (message.Subject ?? subject, message.MessageId!);
            string[]? recipients = waiting.Recipients is null ? null : [.. waiting.Recipients.Intersect(options.Recipients)];
            var outcome = recipients is [] ? new SmtpOutcome("nobody is left to get it", []) : await transport.SendAsync(message, recipients, cancellationToken: cancellationToken);
            _isWayClosed = false;
            string[] remaining = TryPace.IsTooOld(waiting, now, options) ? [] : [.. outcome.Refused.Where(refused => !refused.IsPermanent).Select(refused => refused.Address)];
            if (remaining.Length > 0)
                outbox.SentToOthers(waiting, id, threads, remaining, string.Join("; ", outcome.Refused), TryPace.Next(waiting, now, setAside: false));
            else
                outbox.Sent(waiting, id, threads);
            Log.MailTaken(logger, subject, outcome.Reply);
            foreach (var refused in outcome.Refused)
                Log.RecipientRefused(logger, subject, refused);
        }
        catch (AllRecipientsRefusedException e) when (waiting.Recipients is not null && (e.IsPermanent || TryPace.IsTooOld(waiting, now, options)))
        {
            _isWayClosed = false;
            outbox.Sent(waiting, id, threads); // the others have it
            Log.RecipientsGivenUp(logger, subject, e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // a later retry
        {
            _isWayClosed = SmtpFailure.IsOfTheWay(e);
            var setAside = SmtpFailure.IsPermanent(e) || TryPace.IsTooOld(waiting, now, options);
            outbox.NotSent(waiting, e.Message, TryPace.Next(waiting, time.GetUtcNow(), setAside), setAside);
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
        public static partial void RecipientRefused(ILogger logger, string subject, Refused refused);

        [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "Mail \"{Subject}\" waits after try {Attempt}: {Problem}")]
        public static partial void MailWaits(ILogger logger, string subject, int attempt, string problem);

        [LoggerMessage(EventId = 7004, Level = LogLevel.Error, Message = "Mail \"{Subject}\" is set aside, and tried hourly and when the configuration changes: {Problem}")]
        public static partial void MailSetAside(ILogger logger, string subject, string problem);

        [LoggerMessage(EventId = 7006, Level = LogLevel.Warning, Message = "Mail \"{Subject}\" went to the other recipients only: {Problem}")]
        public static partial void RecipientsGivenUp(ILogger logger, string subject, string problem);

        [LoggerMessage(EventId = 7005, Level = LogLevel.Error, Message = "The outbox could not be worked through; it is tried again.")]
        public static partial void OutboxUnreadable(ILogger logger, Exception exception);
    }
}
