using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Alerts;

/// <summary>Registers the alerts.</summary>
internal static class AlertsServices
{
    /// <summary>Adds desk, book and outbox.</summary>
    public static void AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        services.AddSingleton<AlertBook>();
        services.AddSingleton<AlertDesk>();
    }
}
