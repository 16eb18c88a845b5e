using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Conformance;

/// <summary>Registers what compares configurations.</summary>
internal static class ConformanceServices
{
    /// <summary>Adds the reader and the book of changes; the probes are found by themselves.</summary>
    public static void AddConformance(this IServiceCollection services)
    {
        services.AddSingleton<SettingsReader>();
        services.AddSingleton<DriftBook>();
    }
}
