namespace SispiAgent.History;

/// <summary>What was last seen of one subject.</summary>
/// <param name="Subject">A node's name.</param>
/// <param name="Topic">What was looked at, in a word or two: <c>PostgreSQL</c>, <c>WAL receiver</c>, <c>backup</c>.</param>
/// <param name="Text">What was seen, in a line: <c>primary, accepting connections, 15.18, timeline 1</c>.</param>
/// <param name="IsWell">Whether that is as it should be.</param>
/// <param name="At">When, UTC.</param>
internal sealed record Observation(string Subject, string Topic, string Text, bool IsWell, DateTimeOffset At);
