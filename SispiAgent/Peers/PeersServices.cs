using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Peers;

/// <summary>Registers what talks to the other hosts.</summary>
internal static class PeersServices
{
    /// <summary>Adds keys, shell, book and copier.</summary>
    public static void AddPeers(this IServiceCollection services)
    {
        services.AddSingleton<PeerKeys>();
        services.AddSingleton<PeerShell>();
        services.AddSingleton<PeerBook>();
        services.AddSingleton<PeerRsync>();
        services.AddSingleton<PlainRsync>();
        services.AddSingleton<PeerSetup>();
        services.AddSingleton<PeerTrouble>();
    }
}
