using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace SispiAgent.Mail;

/// <summary>What a failed try means, by exception type and reply code, never by text.</summary>
internal static class SmtpFailure
{
    /// <summary>Refused for good: 5xx, a wrong password, an untrusted certificate, a server without the demanded protection.</summary>
    public static bool IsPermanent(Exception failure) => failure switch
    {
        AllRecipientsRefusedException refused => refused.IsPermanent,
        SmtpCommandException command => (int)command.StatusCode >= 500,
        // a handshake may also fail because the network did: MailKit wraps that one too
        SslHandshakeException handshake => !HasNetworkCause(handshake),
        AuthenticationException or NotSupportedException or AgentException => true,
        _ => false,
    };

    /// <summary>Whether any other mail would have met the same: nobody answers, the login or the certificate is wrong, the service shuts down (421).</summary>
    public static bool IsOfTheWay(Exception failure) =>
        failure is not (AllRecipientsRefusedException or SmtpCommandException) || failure is SmtpCommandException { StatusCode: SmtpStatusCode.ServiceNotAvailable };

    private static bool HasNetworkCause(Exception failure)
    {
        for (var cause = failure.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException or IOException or TimeoutException or OperationCanceledException)
                return true;
        }

        return false;
    }
}
