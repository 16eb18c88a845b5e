using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.History;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Hosting;

/// <summary>Puts the agent together: the same objects serve the running agent and the verbs.</summary>
internal static class AgentComposition
{
    /// <summary>A host with everything registered, not started; the verbs resolve what they need from it and never start it.</summary>
    /// <param name="configurationFile">The file in force.</param>
    /// <exception cref="ConfigurationException">It is not valid.</exception>
    /// <exception cref="AgentException">This host is not one of its nodes.</exception>
    public static HostApplicationBuilder Create(string configurationFile)
    {
        var snapshot = new ConfigurationLoader(Sections.All).Load(configurationFile);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        var services = builder.Services;

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ConfigurationFile(configurationFile));
        services.AddSingleton(new LiveConfiguration(snapshot));
        services.AddSingleton(typeof(LiveOptions<>));
        services.AddSingleton(new AgentPaths(snapshot.Get<AgentOptions>().StateDirectory));
        services.AddSingleton(provider => new AgentDatabase(provider.GetRequiredService<AgentPaths>().Database, AgentSchema.Migrations));
        services.AddSingleton<StatusBoard>();
        services.AddSingleton<CurrentSite>();
        services.AddSingleton<ServerConnector>();
        return builder;
    }
}
