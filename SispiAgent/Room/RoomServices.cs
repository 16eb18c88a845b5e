using Microsoft.Extensions.DependencyInjection;

namespace SispiAgent.Room;

/// <summary>Registers what the probes of room share; the probes are found by themselves.</summary>
internal static class RoomServices
{
    /// <summary>Adds it.</summary>
    public static void AddRoom(this IServiceCollection services)
    {
        services.AddSingleton<OwnServer>();
        services.AddSingleton<LogBook>();
        services.AddSingleton<VolumeReader>();
    }
}
