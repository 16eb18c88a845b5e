using System.Text.Json;
using SispiAgent.Cluster;
using SispiAgent.Conformance;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Readiness;

/// <summary>Asks another database host's agent for its inspection, and keeps the last one: when that host is dead, it is all that is known of it.</summary>
internal sealed class PeerInspections(PeerShell shell, AgentPaths paths)
{
    /// <summary>Starting a process there and looking takes longer than printing a file.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Asks.</summary>
    /// <exception cref="AgentException">It gave none.</exception>
    public async Task<Inspection> AskAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            var text = await shell.RunAsync(node, "inspect", null, Patience, cancellationToken);
            var inspection = Read(text);
            DurableFile.Write(Kept(node), text);
            return inspection;
        }
        catch (PeerSilentException e)
        {
            throw new AgentException($"{node.Name} gives no answer: {e.Why}", "Try the way there: sispi-agent peer check", e);
        }
        catch (ToolFailedException e)
        {
            throw new AgentException($"The agent on {node.Name} could not look at its server: {e.Result.ErrorTail.Trim().ReplaceLineEndings(" / ")}", $"On {node.Name}: sispi-agent peer inspect", e);
        }
        catch (JsonException e)
        {
            throw new AgentException($"{node.Name} gave an answer that this agent does not understand: {e.Message}", "Install the same agent on all hosts.", e);
        }
    }

    /// <summary>The last one that it gave; <see langword="null"/> if none is kept, or it is another version's.</summary>
    public Inspection? Last(Node node)
    {
        try
        {
            return File.Exists(Kept(node)) ? Read(File.ReadAllText(Kept(node))) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Kept(Node node) => Path.Combine(paths.StateDirectory, $"inspection-{node.Name}.json");

    /// <summary>An inspection as it is sent.</summary>
    public static string Write(Inspection inspection) => JsonSerializer.Serialize(inspection, Options);

    /// <summary>An inspection as it was sent.</summary>
    /// <exception cref="JsonException">It is none that this agent knows.</exception>
    public static Inspection Read(string text)
    {
        var inspection = JsonSerializer.Deserialize<Inspection>(text, Options) ?? throw new JsonException("It is empty.");
        if (inspection.Schema != Inspection.CurrentSchema)
            throw new JsonException($"It has schema {inspection.Schema}; this agent knows {Inspection.CurrentSchema}.");
        // names of settings know no case
        return inspection with { Settings = inspection.Settings with { Values = new Dictionary<string, SettingValue>(inspection.Settings.Values, StringComparer.OrdinalIgnoreCase) } };
    }
}
