using System.CommandLine;
using SispiAgent.Configuration;

namespace SispiAgent.Cli;

/// <summary>
/// <c>peer</c>: what the other hosts' agents may ask for over ssh. As sshd's forced command it takes the verb from
/// <c>SSH_ORIGINAL_COMMAND</c>, by its name only, from a closed list; nothing of it is ever evaluated.
/// </summary>
internal static class PeerVerb
{
    /// <summary>sshd(8), ENVIRONMENT: what the client asked for.</summary>
    private const string Asked = "SSH_ORIGINAL_COMMAND";

    /// <summary>What a peer may ask for: each reads its argument as JSON from standard input and answers on standard output.</summary>
    private static readonly Dictionary<string, Func<ConfigurationFile, CancellationToken, Task<int>>> Verbs = new()
    {
        ["facts"] = PeerFactsVerb.RunAsync,
        ["catalog"] = PeerCatalogVerb.RunAsync,
        ["verify"] = PeerVerifyVerb.RunAsync,
        ["inspect"] = PeerInspectVerb.RunAsync,
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var verb = new Command("peer", "What the other hosts' agents ask for, and how they come to trust each other.") { PeerSetupVerb.Create(), PeerCheckVerb.Create() };
        foreach (var (name, run) in Verbs)
        {
            var asked = new Command(name, "Asked by the other hosts' agents over ssh.");
            asked.SetAction((parsed, cancellationToken) => run(ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption)), cancellationToken));
            verb.Add(asked);
        }

        verb.SetAction((parsed, cancellationToken) => DispatchAsync(Environment.GetEnvironmentVariable(Asked), ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption)), cancellationToken));
        return verb;
    }

    private static async Task<int> DispatchAsync(string? asked, ConfigurationFile file, CancellationToken cancellationToken)
    {
        if (asked?.Split(' ') is ["sispi-agent", "peer", var name] && Verbs.TryGetValue(name, out var run))
            return await run(file, cancellationToken);
        await Console.Error.WriteLineAsync($"This key is for: {string.Join(", ", Verbs.Keys.Select(known => $"sispi-agent peer {known}"))}.");
        return ExitCode.BadConfiguration;
    }
}
