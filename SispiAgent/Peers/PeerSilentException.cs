namespace SispiAgent.Peers;

/// <summary>A peer gave no answer. That says nothing about what it would have answered.</summary>
/// <param name="node">The peer.</param>
/// <param name="why">What came back instead.</param>
internal sealed class PeerSilentException(string node, string why) : Exception($"{node} gives no answer: {why}")
{
    /// <summary>What came back instead.</summary>
    public string Why { get; } = why;
}
