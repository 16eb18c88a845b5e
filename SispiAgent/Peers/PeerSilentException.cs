namespace SispiAgent.Peers;

/// <summary>A peer gave no answer. That says nothing about what it would have answered.</summary>
/// <param name="node">The peer.</param>
/// <param name="why">What came back instead.</param>
/// <param name="isWorthAnother">Whether one more try, at once, may help.</param>
internal sealed class PeerSilentException(string node, string why, bool isWorthAnother = false) : Exception($"{node} gives no answer: {why}")
{
    /// <summary>What came back instead.</summary>
    public string Why { get; } = why;

    /// <summary>Whether one more try, at once, may help: not after a whole time limit of silence.</summary>
    public bool IsWorthAnother { get; } = isWorthAnother;
}
