using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Polly;
using Polly.Retry;
using SispiAgent.Configuration;

namespace SispiAgent.Mail;

/// <summary>Hands a mail to the configured mail server: a new connection each time, tried again within its deadline when that can help.</summary>
internal sealed class SmtpTransport(LiveOptions<MailOptions> options)
{
    private const int Retries = 2;

    private static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not OperationCanceledException and not AgentException && !SmtpFailure.IsPermanent(e)),
            MaxRetryAttempts = Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
        })
        .Build();

    /// <summary>Sends a mail.</summary>
    /// <param name="message">The mail.</param>
    /// <param name="recipients">To whom; <see langword="null"/>: to everybody whom it names.</param>
    /// <param name="tell">Hears of each step, where somebody watches.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the server said, and whom it refused.</returns>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    /// <exception cref="Exception">It was not taken; <see cref="SmtpFailure.IsPermanent"/> tells whether to try again.</exception>
    public async Task<SmtpOutcome> SendAsync(MimeMessage message, IReadOnlyList<string>? recipients = null, Action<string>? tell = null, CancellationToken cancellationToken = default)
    {
        var settings = options.Current;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(settings.Deadline);
        try
        {
            return await Pipeline.ExecuteAsync(async token => await TryAsync(message, recipients, settings, tell ?? (_ => { }), token), deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{settings.Host}:{settings.Port} did not take the mail within {settings.Deadline}.");
        }
    }

    private static async Task<SmtpOutcome> TryAsync(MimeMessage message, IReadOnlyList<string>? recipients, MailOptions settings, Action<string> tell, CancellationToken cancellationToken)
    {
        using var client = new ForgivingClient { Timeout = (int)settings.Deadline.TotalMilliseconds, LocalDomain = Environment.MachineName };
        if (settings.CaFile.Length > 0)
        {
            client.CheckCertificateRevocation = false; // an internal authority seldom publishes a list
            client.ServerCertificateValidationCallback = (_, certificate, _, errors) => InternalAuthority.Accepts(settings.CaFile, certificate as X509Certificate2, errors);
        }

        tell($"Connecting to {settings.Host}:{settings.Port} ({settings.Security}) ...");
        await client.ConnectAsync(settings.Host, settings.Port, settings.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, cancellationToken);
        if (client.IsSecure)
            tell($"Protected by {client.SslProtocol}, {client.SslCipherSuite}; the certificate is good ({(settings.CaFile.Length > 0 ? settings.CaFile : "by the system's authorities")}).");
        if (settings.User.Length > 0)
        {
            await client.AuthenticateAsync(settings.User, MailPassword.Read(settings), cancellationToken);
            tell($"Logged in as {settings.User}.");
        }

        var reply = recipients is null
            ? await client.SendAsync(message, cancellationToken)
            : await client.SendAsync(message, message.From.Mailboxes.First(), recipients.Select(address => new MailboxAddress("", address)), cancellationToken);
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or SmtpProtocolException or OperationCanceledException)
        {
            // it has taken the mail: how it says good-bye changes nothing
        }

        return new SmtpOutcome(reply, client.Refused);
    }
}
