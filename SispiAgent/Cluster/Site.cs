namespace SispiAgent.Cluster;

/// <summary>All hosts, and which of them this is.</summary>
/// <param name="Self">This host.</param>
/// <param name="Nodes">Every host, this one too, in the order of the configuration.</param>
/// <param name="TimeZone">The zone of the times that people read.</param>
internal sealed record Site(Node Self, IReadOnlyList<Node> Nodes, TimeZoneInfo TimeZone)
{
    /// <summary>The other hosts that run an agent.</summary>
    public IEnumerable<Node> Peers => Nodes.Where(node => node.HasAgent && node != Self);

    /// <summary>The database servers and mirrors.</summary>
    public IEnumerable<Node> Servers => Nodes.Where(node => node.HasPostgres);

    /// <summary>The site as configured, seen from one host.</summary>
    /// <param name="options">A valid section <c>Cluster</c>.</param>
    /// <param name="nodeName"><c>Agent:Node</c>; empty for the host's own name.</param>
    /// <exception cref="AgentException">The name is not a node; the message lists those that are.</exception>
    public static Site From(ClusterOptions options, string nodeName)
    {
        var name = nodeName.Length > 0 ? nodeName : Environment.MachineName.Split('.')[0];
        Node[] nodes = [.. options.Nodes.Select(entry => ToNode(entry.Key, entry.Value))];
        var self = nodes.FirstOrDefault(node => node.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new AgentException($"This host, \"{name}\", is not in Cluster:Nodes ({string.Join(", ", nodes.Select(node => node.Name))}).", "Set Agent:Node to one of them.");
        return new Site(self, nodes, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
    }

    private static Node ToNode(string name, NodeOptions options) =>
        new(name, options.Kind!.Value, options.Address.Length > 0 ? options.Address : name, options.Port)
        {
            DataDirectory = options.DataDirectory,
            SocketDirectory = options.SocketDirectory,
            BackupDirectory = options.BackupDirectory,
            SshPort = options.SshPort,
            SshUser = options.SshUser.Length > 0 ? options.SshUser : options.Kind is NodeKind.Web ? "codemanager" : "postgres",
        };
}
