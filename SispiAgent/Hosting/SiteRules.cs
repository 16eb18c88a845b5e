using SispiAgent.Backup;
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
        if (nodes.Count == 0)
            yield break; // that is an error of its own
        if (name.Length > 0 && !nodes.ContainsKey(name))
            yield return new($"{AgentOptions.Section}:{nameof(AgentOptions.Node)}", $"\"{name}\" is no node.", $"The nodes are {string.Join(", ", nodes.Keys)}.");
        else if (nodes.TryGetValue(name, out var self) && self.Kind is NodeKind.Mirror)
            yield return new($"{AgentOptions.Section}:{nameof(AgentOptions.Node)}", $"{name} is a mirror.", "No agent runs on a mirror; it is watched from the primary.");
        foreach (var twice in snapshot.Get<BackupOptions>().Destinations.Keys.Where(nodes.ContainsKey))
            yield return new($"{BackupOptions.Section}:{nameof(BackupOptions.Destinations)}:{twice}", $"\"{twice}\" is a node too.", "A database host gets its copies by Cluster:Nodes:NAME:BackupDirectory; give a host without an agent another name.");
    }

    /// <summary>The site, seen from this host. An agent has to be one of the nodes: a restart would not help, so this is an error of the configuration.</summary>
    /// <exception cref="ConfigurationException">This host is not one of the nodes.</exception>
    public static Site RequireSelf(string file, ConfigurationSnapshot snapshot)
    {
        try
        {
            return Site.From(snapshot.Get<ClusterOptions>(), snapshot.Get<AgentOptions>().Node);
        }
        catch (AgentException e)
        {
            throw new ConfigurationException(file, [new($"{AgentOptions.Section}:{nameof(AgentOptions.Node)}", e.Message, e.Hint)]);
        }
    }
}
