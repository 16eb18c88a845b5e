using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace SispiAgent.Configuration;

/// <summary>Reads <c>appsettings.json</c> and the environment into a snapshot, or says everything that is wrong.</summary>
/// <param name="sections">The sections that the agent knows.</param>
internal sealed class ConfigurationLoader(IReadOnlyList<ConfigurationSection> sections)
{
    /// <summary>Loads a file.</summary>
    /// <exception cref="ConfigurationException">It is not valid; every error is in it.</exception>
    public ConfigurationSnapshot Load(string file)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).AddEnvironmentVariables().Build();
        var objects = new Dictionary<Type, object>();
        foreach (var section in sections)
        {
            var options = Activator.CreateInstance(section.Options)!;
            configuration.GetSection(section.Name).Bind(options);
            objects.Add(section.Options, options);
        }

        return new ConfigurationSnapshot(objects, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
    }
}
