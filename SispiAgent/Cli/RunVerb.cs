using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SispiAgent.Configuration;
using SispiAgent.Hosting;

namespace SispiAgent.Cli;

/// <summary>No verb: runs the agent until it is told to stop.</summary>
internal static class RunVerb
{
    /// <summary>Runs the agent.</summary>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        using var host = AgentComposition.Create(file.FilePath).Build();
        var loops = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        await host.RunAsync(cancellationToken);

        // a loop that throws stops the host, and the process would still end with 0: https://github.com/dotnet/runtime/issues/67146
        return loops.Any(loop => loop.ExecuteTask is { IsFaulted: true }) ? ExitCode.Failed : ExitCode.Done;
    }
}
