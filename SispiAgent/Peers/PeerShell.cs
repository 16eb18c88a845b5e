using System.Text.Json;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Processes;

namespace SispiAgent.Peers;

/// <summary>Runs one of the closed list of <c>sispi-agent peer</c> verbs on another host, arguments as JSON on standard input.</summary>
internal sealed class PeerShell(PeerKeys keys, LiveOptions<PeersOptions> options)
{
    /// <summary>ssh's own exit code for what went wrong on the way (ssh(1), EXIT STATUS).</summary>
    private const int OnTheWay = 255;

    /// <summary>Runs a verb.</summary>
    /// <param name="node">The host.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="argument">What it needs; written as JSON.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/>: <c>Peers:Timeout</c>.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="PeerSilentException">The host could not be reached, or would not let the agent in.</exception>
    /// <exception cref="ToolFailedException">The verb failed there.</exception>
    public async Task<string> RunAsync(Node node, string verb, object? argument, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (!File.Exists(keys.AgentKey))
            throw new PeerSilentException(node.Name, $"this host has no key {keys.AgentKey}; make it with: sispi-agent peer setup");

        var limit = timeout ?? options.Current.Timeout;
        var command = new ToolCommand("ssh", [.. SshOptions.For(node, keys.AgentKey, keys.KnownHosts, options.Current.Timeout), SshOptions.Destination(node), "sispi-agent", "peer", verb])
        {
            Timeout = limit,
            Input = argument is null ? "" : JsonSerializer.Serialize(argument),
        };
        ToolResult result;
        try
        {
            result = await ToolRunner.RunAsync(command, cancellationToken);
        }
        catch (AgentException e)
        {
            throw new PeerSilentException(node.Name, e.Message);
        }

        return result.ExitCode switch
        {
            0 => result.Output,
            OnTheWay => throw new PeerSilentException(node.Name, result.ErrorTail.Trim().ReplaceLineEndings(" / "), isWorthAnother: true),
            _ => throw new ToolFailedException(command, result),
        };
    }
}
