using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Postgres;

/// <summary>Registers what knows PostgreSQL.</summary>
internal static class PostgresServices
{
    /// <summary>Adds connector and readers.</summary>
    public static void AddPostgres(this IServiceCollection services)
    {
        services.AddSingleton<Refusals>();
        services.AddSingleton<ServerConnector>();
        services.AddSingleton<LocalEvidenceReader>();
        services.AddSingleton<ServerReader>();
        services.AddSingleton<RecoverySettingsReader>();
        services.AddSingleton<ObservedServers>();
        services.AddSingleton<RestoreTool>();
    }
}
