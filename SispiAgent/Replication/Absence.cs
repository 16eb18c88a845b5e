using System.Collections.Concurrent;
using SispiAgent.Peers;

namespace SispiAgent.Replication;

/// <summary>
/// Since when something is missing. The agent at the other end may not have looked since: what it says counts only if it looked
/// afterwards, else one stopped server would be told twice, by both ends.
/// </summary>
internal sealed class Absence(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new();

    /// <summary>Notes whether it is there.</summary>
    public void Note(string node, bool isThere)
    {
        if (isThere)
            _since.TryRemove(node, out _);
        else
            _since.TryAdd(node, time.GetUtcNow());
    }

    /// <summary>Whether an answer is of before that: the other end has to look once more before its word counts.</summary>
    public bool IsNewerThan(PeerAnswer answer) =>
        answer is { IsAnswering: true, Facts: { } facts } && _since.TryGetValue(answer.Node, out var since) && facts.ObservedAt <= since;
}
