using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SispiAgent.Configuration;
using SispiAgent.Hosting;
using SispiAgent.Platform;

namespace SispiAgent.Cli;

/// <summary>No verb: runs the agent until it is told to stop.</summary>
internal static class RunVerb
{
    /// <summary>Runs the agent.</summary>
    /// <exception cref="AgentException">Another agent runs with the same state directory, or it can't be written.</exception>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        AgentUser.Become(file);
        using var host = AgentComposition.Create(file.FilePath, isAgent: true).Build();
        using var instance = TakeState(host.Services.GetRequiredService<AgentPaths>());
        StartupReport.Write(host.Services);

        var loops = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        await host.RunAsync(cancellationToken);
        await StartupReport.CloseLogAsync();

        // a loop that throws stops the host, and the process would still end with 0: https://github.com/dotnet/runtime/issues/67146
        return loops.Any(loop => loop.ExecuteTask is { IsFaulted: true }) ? ExitCode.Failed : ExitCode.Done;
    }

    private static FileLock TakeState(AgentPaths paths)
    {
        try
        {
            Directory.CreateDirectory(paths.StateDirectory);
            return FileLock.TryTake(paths.Lock)
                ?? throw new AgentException($"Another agent runs with {paths.StateDirectory}.", "One agent a host: systemctl status sispi-agent");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new AgentException($"{paths.StateDirectory} can't be written by {Environment.UserName}.", "Run as the agent's user, or set Agent:StateDirectory; deploy/install.sh makes the directory.", e);
        }
    }
}
