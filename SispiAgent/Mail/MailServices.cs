using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Mail;

/// <summary>Registers mail.</summary>
internal static class MailServices
{
    /// <summary>Adds the writer, the transport and the sender.</summary>
    public static void AddMail(this IServiceCollection services)
    {
        services.AddSingleton<MailComposer>();
        services.AddSingleton<MailWriter>();
        services.AddSingleton<SmtpTransport>();
        services.AddHostedService<OutboxSender>();
    }
}
