using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Liveness;

/// <summary>Section <c>Liveness</c>.</summary>
internal sealed class LivenessOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Liveness";

    /// <summary>How many questions in a row a node's own agent leaves without a fresh answer before the agent on the web host speaks for it: 1 to 100.</summary>
    [Range(1, 100)]
    public int PeerSilentRounds { get; set; } = 3;
}
