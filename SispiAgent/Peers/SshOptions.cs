using System.Globalization;
using SispiAgent.Cluster;

namespace SispiAgent.Peers;

/// <summary>The options of every ssh that the agent runs: never a question, never a strange host, never another key.</summary>
internal static class SshOptions
{
    /// <summary>The arguments before the host.</summary>
    public static IReadOnlyList<string> For(Node node, string key, string knownHosts, TimeSpan timeout) => For(node.SshPort, key, knownHosts, timeout);

    /// <summary>The arguments before a host whose sshd has a port.</summary>
    public static IReadOnlyList<string> For(int port, string key, string knownHosts, TimeSpan timeout) =>
    [
        "-F", "none",
        "-i", key,
        "-p", port.ToString(CultureInfo.InvariantCulture),
        "-o", "BatchMode=yes",
        "-o", "IdentitiesOnly=yes",
        "-o", "IdentityAgent=none",
        "-o", "StrictHostKeyChecking=yes",
        "-o", $"UserKnownHostsFile={knownHosts}",
        "-o", "GlobalKnownHostsFile=none",
        "-o", "LogLevel=ERROR",
        "-o", string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={Math.Max(1, (int)timeout.TotalSeconds / 2)}"),
        "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3",
    ];

    /// <summary>Whom to log in to.</summary>
    public static string Destination(Node node) => $"{node.SshUser}@{node.Address}";
}
