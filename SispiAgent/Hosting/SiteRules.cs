using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;

namespace SispiAgent.Hosting;

/// <summary>Rules across sections of the configuration.</summary>
internal static class SiteRules
{
    /// <summary>What is wrong across sections that are each right in themselves.</summary>
    public static IEnumerable<ConfigurationError> Check(ConfigurationSnapshot snapshot)
    {
        var name = snapshot.Get<AgentOptions>().Node;
        var nodes = snapshot.Get<ClusterOptions>().Nodes;
        if (name.Length > 0 && !nodes.ContainsKey(name))
            yield return new($"{AgentOptions.Section}:{nameof(AgentOptions.Node)}", $"\"{name}\" is no node.", $"The nodes are {string.Join(", ", nodes.Keys)}.");
        else if (nodes.TryGetValue(name, out var self) && self.Kind is NodeKind.Mirror)
            yield return new($"{AgentOptions.Section}:{nameof(AgentOptions.Node)}", $"{name} is a mirror.", "No agent runs on a mirror; it is watched from the primary.");
    }
}
