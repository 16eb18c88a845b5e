using System.Text.Json;

namespace SispiAgent.Peers;

/// <summary>The facts as they are written and sent.</summary>
internal static class PeerFactsFile
{
    /// <summary>The format's number; a newer agent's facts are not guessed at.</summary>
    public const int Schema = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The facts as text.</summary>
    public static string Write(PeerFacts facts) => JsonSerializer.Serialize(facts, Options) + "\n";

    /// <summary>The facts of a text.</summary>
    /// <exception cref="JsonException">It is no facts file that this agent knows.</exception>
    public static PeerFacts Read(string text)
    {
        var facts = JsonSerializer.Deserialize<PeerFacts>(text, Options) ?? throw new JsonException("The peer's facts are empty.");
        return facts.Schema == Schema ? facts : throw new JsonException($"The peer's facts have schema {facts.Schema}; this agent knows {Schema}. Install the same agent on all hosts.");
    }
}
