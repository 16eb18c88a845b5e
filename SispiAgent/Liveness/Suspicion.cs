using System.Collections.Concurrent;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Liveness;

/// <summary>
/// Since when each server is seen as it is. What its own agent wrote down before that is no word on it: an agent that looked a moment too
/// early, or died with its server, would make a dead server look like a cut network.
/// </summary>
internal sealed class Suspicion
{
    private readonly ConcurrentDictionary<string, (Reach Reach, DateTimeOffset Since)> _since = new();

    /// <summary>Notes what was seen.</summary>
    public void Note(ServerStatus status) =>
        _since.AddOrUpdate(status.Node, _ => (status.Reach, status.At), (_, before) => before.Reach == status.Reach ? before : (status.Reach, status.At));

    /// <summary>Whether an answer is of before that: its agent has to look once more before its word counts.</summary>
    public bool IsNewerThan(PeerAnswer answer) =>
        answer is { IsAnswering: true, Facts: { } facts } && _since.TryGetValue(answer.Node, out var seen) && facts.ObservedAt <= seen.Since;
}
