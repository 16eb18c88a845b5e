namespace SispiAgent.History;

/// <summary>One number that was read at one moment.</summary>
/// <param name="Node">The node that it belongs to, or <c>node/object</c>.</param>
/// <param name="Quantity">What was measured and in which unit, in a word or two: <c>WAL written, bytes</c>.</param>
/// <param name="Value">How much.</param>
/// <param name="At">When, UTC.</param>
internal sealed record Measurement(string Node, string Quantity, long Value, DateTimeOffset At)
{
    /// <summary>The quantity of each look that found a host's own server down, counted as 1: what came of it has been told by liveness.</summary>
    public const string ServerDown = "server found down";
}
