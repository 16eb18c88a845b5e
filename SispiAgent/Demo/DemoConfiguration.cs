using System.Text.Json;
using System.Text.Json.Nodes;
using SispiAgent.Postgres;

namespace SispiAgent.Demo;

/// <summary>The demo's configuration: the shipped <c>appsettings.json</c> with other addresses, ports and paths, and with quicker rounds.</summary>
internal static class DemoConfiguration
{
    /// <summary>The rounds of the demo: a story of two minutes can't wait for minutes.</summary>
    private static readonly (string Section, string Key, string Value)[] Rounds =
    [
        // what runs at a time of day could fall into the story and mail what the story does not tell of
        ("Schedules", "Liveness", "0 0 1 1 *"), ("Schedules", "Conformance", "0 0 1 1 *"), ("Schedules", "Readiness", "0 0 1 1 *"), ("Schedules", "Backup", "0 0 1 1 *"),
        ("Schedules", "Heartbeat", "00:00:02"), ("Schedules", "Replication", "00:00:02"), ("Schedules", "Peers", "00:00:10"),
        ("Alerts", "SecondLookAfter", "00:00:02"), ("Alerts", "GroupWithin", "00:00:01"),
        ("Postgres", "ConnectTimeout", "00:00:02"), ("Postgres", "CommandTimeout", "00:00:03"),
        ("Peers", "FreshWithin", "00:00:30"),
        // rounds of seconds can fill a small machine, and who waits behind everybody would wait for ever
        ("Backup", "Priority", "Normal"),
    ];

    /// <summary>The configuration of one host. All hosts' are equal but for section <c>Agent</c>.</summary>
    /// <param name="folder">The demo's folder.</param>
    /// <param name="node">The host.</param>
    /// <param name="servers">The servers by their nodes.</param>
    /// <param name="sshPorts">The ports of the hosts' sshd.</param>
    /// <param name="mailPort">The mail sink's port.</param>
    public static string For(DemoFolder folder, string node, IReadOnlyDictionary<string, ScratchServer> servers, IReadOnlyDictionary<string, int> sshPorts, int mailPort)
    {
        var shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
        var root = JsonNode.Parse(shipped, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        root["Agent"]!["Node"] = node;
        root["Agent"]!["StateDirectory"] = folder.State(node);

        foreach (var (name, entry) in root["Cluster"]!["Nodes"]!.AsObject())
            Place(entry!, name, folder, servers.GetValueOrDefault(name), sshPorts);
        foreach (var (section, key, value) in Rounds)
            root[section]![key] = value;
        foreach (var (setting, value) in DemoServers.OwnSettings)
            root["Conformance"]!["Settings"]![setting] = value;

        foreach (var (name, server) in servers)
            root["Readiness"]!["TriggerFiles"]![name] = DemoServers.TriggerFile(server);

        root["Postgres"]!["PassFile"] = folder.PassFile;
        root["Postgres"]!["BinDirectory"] = servers.Values.First().Installation.BinDirectory;
        root["Mail"]!["Host"] = "127.0.0.1";
        root["Mail"]!["Port"] = mailPort;
        foreach (var sink in root["Serilog"]!["WriteTo"]!.AsArray().Where(sink => (string?)sink!["Name"] == "File"))
            sink!["Args"]!["path"] = "log/sispi-agent-.log"; // in the agent's working directory: the file stays the same on all hosts
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static void Place(JsonNode entry, string name, DemoFolder folder, ScratchServer? server, IReadOnlyDictionary<string, int> sshPorts)
    {
        entry["Address"] = "127.0.0.1";
        if (sshPorts.TryGetValue(name, out var sshPort))
        {
            entry["SshPort"] = sshPort;
            entry["SshUser"] = Environment.UserName;
        }

        if (server is null)
            return;
        entry["Port"] = server.Port;
        if (entry["DataDirectory"] is null)
            return; // a mirror: nothing is known of it but how to reach it
        entry["DataDirectory"] = server.DataDirectory;
        entry["SocketDirectory"] = server.SocketDirectory;
        entry["BackupDirectory"] = folder.Backups(name);
    }
}
