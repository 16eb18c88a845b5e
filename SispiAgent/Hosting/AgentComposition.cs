using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Digest;
using SispiAgent.History;
using SispiAgent.Mail;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Readiness;
using SispiAgent.Replication;
using SispiAgent.Restore;
using SispiAgent.Room;
using SispiAgent.Scheduling;

namespace SispiAgent.Hosting;

/// <summary>Puts the agent together: the same objects serve the running agent and the verbs.</summary>
internal static class AgentComposition
{
    /// <summary>A host with everything registered, not started; the verbs resolve what they need from it and never start it.</summary>
    /// <param name="configurationFile">The file in force.</param>
    /// <param name="isAgent">Whether it is the running agent, which writes the log, and not a verb.</param>
    /// <exception cref="ConfigurationException">It is not valid, or this host is not one of its nodes.</exception>
    public static HostApplicationBuilder Create(string configurationFile, bool isAgent = false)
    {
        var snapshot = Sections.Loader.Load(configurationFile);
        if (isAgent)
            SiteRules.RequireSelf(configurationFile, snapshot);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        var services = builder.Services;

        if (isAgent)
            services.AddAgentLog(configurationFile);
        else
            services.AddVerbLog();
        services.AddSystemd();
        services.AddWindowsService(service => service.ServiceName = "SispiAgent");
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60)); // more than a child's grace, less than the unit's TimeoutStopSec
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ConfigurationFile(configurationFile));
        services.AddSingleton(new LiveConfiguration(snapshot));
        services.AddSingleton(typeof(LiveOptions<>));
        services.AddSingleton(new AgentPaths(snapshot.Get<AgentOptions>().StateDirectory));
        services.AddSingleton(provider => new AgentDatabase(provider.GetRequiredService<AgentPaths>().Database, AgentSchema.Migrations));
        services.AddSingleton<StatusBoard>();
        services.AddSingleton<Measurements>();
        services.AddSingleton<CurrentSite>();
        services.AddPostgres();
        services.AddPeers();
        services.AddReplication();
        services.AddAlerts();
        services.AddConformance();
        services.AddReadiness();
        services.AddBackup();
        services.AddRestore();
        services.AddRoom();
        services.AddDigest();
        services.AddMail();
        services.AddScheduling();
        services.AddHostedService<ConfigurationWatcher>();
        services.AddHostedService<FactsPublisher>();
        services.AddHostedService<Watchdog>();
        return builder;
    }
}
