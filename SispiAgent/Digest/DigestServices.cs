using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Digest;

/// <summary>Registers the digest.</summary>
internal static class DigestServices
{
    /// <summary>Adds it.</summary>
    public static void AddDigest(this IServiceCollection services)
    {
        services.AddSingleton<DigestReader>();
        services.AddSingleton<WeeklyDigest>();
    }
}
