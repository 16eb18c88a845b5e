using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Restore;

/// <summary>Registers what restores.</summary>
internal static class RestoreServices
{
    /// <summary>Adds the restorer.</summary>
    public static void AddRestore(this IServiceCollection services)
    {
        services.AddSingleton<Restorer>();
    }
}
