using System.Text.Json;
using SispiAgent.Configuration;
using SispiAgent.Hosting;
using SispiAgent.Platform;

namespace SispiAgent.Cli;

/// <summary><c>peer facts</c>: prints what this host's agent last wrote down; works while the agent hangs, or its configuration has been edited badly.</summary>
internal static class PeerFactsVerb
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Prints it.</summary>
    /// <exception cref="AgentException">There are no facts yet.</exception>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        var facts = new AgentPaths(StateDirectory(file)).Facts;
        try
        {
            await Console.Out.WriteAsync(await File.ReadAllTextAsync(facts, cancellationToken));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AgentException($"{facts} is not there: the agent has not looked at its server yet.", "systemctl status sispi-agent", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AgentException($"{facts} can't be read by {Environment.UserName}.", "The key for sispi-agent peer belongs into the authorized_keys of the agent's user (Cluster:Nodes: SshUser).", e);
        }
    }

    private static string StateDirectory(ConfigurationFile file)
    {
        try
        {
            return Sections.Loader.Load(file.FilePath).Get<AgentOptions>().StateDirectory;
        }
        catch (ConfigurationException)
        {
            return Environment.GetEnvironmentVariable($"{AgentOptions.Section}__{nameof(AgentOptions.StateDirectory)}") ?? Written(file);
        }
    }

    /// <summary>The directory as an invalid file names it: the running agent goes on with the last good one.</summary>
    private static string Written(ConfigurationFile file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file.FilePath), Lenient);
            return document.RootElement.TryGetProperty(AgentOptions.Section, out var agent) && agent.ValueKind is JsonValueKind.Object
                && agent.TryGetProperty(nameof(AgentOptions.StateDirectory), out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
