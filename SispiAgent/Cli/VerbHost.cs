using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SispiAgent.Configuration;
using SispiAgent.Hosting;

namespace SispiAgent.Cli;

/// <summary>The agent's objects for a verb: put together as for the running agent, never started.</summary>
internal static class VerbHost
{
    /// <summary>Puts them together from the configuration that the command line means. The caller disposes it.</summary>
    public static IHost Open(ParseResult parsed) => Open(ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption)));

    /// <summary>Puts them together from a configuration. The caller disposes it.</summary>
    /// <exception cref="AgentException">It is neither the agent's user who calls nor root.</exception>
    public static IHost Open(ConfigurationFile file)
    {
        AgentUser.Become(file);
        return AgentComposition.Create(file.FilePath).Build();
    }

    /// <summary>One of the agent's objects.</summary>
    public static T Get<T>(this IHost host) where T : notnull => host.Services.GetRequiredService<T>();
}
