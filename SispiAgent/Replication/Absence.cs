using System.Collections.Concurrent;
using SispiAgent.Findings;
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
    private static readonly TimeSpan Reconnecting = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new();

    /// <summary>Looks, and once more where something is missing for too short a time to be told.</summary>
    public async Task<IReadOnlyList<Finding>> LookAsync(Func<CancellationToken, Task<IReadOnlyList<Finding>>> look, CancellationToken cancellationToken)
    {
        var findings = await look(cancellationToken);
        if (UntilTold() is not { Ticks: > 0 } wait)
            return findings;
        await Task.Delay(wait, time, cancellationToken);
        return await look(cancellationToken);
    }

    /// <summary>How long until the youngest absence has lasted long enough to be told; zero if all have, or nothing is missing.</summary>
    private TimeSpan UntilTold()
    {
        var now = time.GetUtcNow();
        return _since.Values.Select(since => Reconnecting - (now - since)).Append(TimeSpan.Zero).Max();
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
