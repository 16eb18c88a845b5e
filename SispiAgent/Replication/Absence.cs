using System.Collections.Concurrent;
using SispiAgent.Peers;

namespace SispiAgent.Replication;

/// <summary>
/// Since when something is missing. The agent at the other end may not have looked since: what it says counts only if it looked
/// afterwards, else one stopped server would be told twice, by both ends.
/// </summary>
internal sealed class Absence(TimeProvider time)
{
    /// <summary>
    /// A standby tries again every five seconds (wal_retrieve_retry_interval, 9.5 and later; fixed before): what is missing for less than twice
    /// that may be on its way back, after a restart of either end.
    /// </summary>
    public static readonly TimeSpan Reconnecting = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new();

    /// <summary>How long until the youngest absence has lasted long enough to be told; zero if all have, or nothing is missing.</summary>
    public TimeSpan UntilTold()
    {
        var now = time.GetUtcNow();
        var left = _since.Values.Select(since => Reconnecting - (now - since)).DefaultIfEmpty(TimeSpan.Zero).Max();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

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
