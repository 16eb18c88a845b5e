using System.Collections.Concurrent;
using SispiAgent.Cluster;

namespace SispiAgent.Postgres;

/// <summary>
/// Which servers let nobody in (57P03). Each attempt costs lines in their log, so the answer is believed for as long as it has already
/// been the same, an hour at most: a server that restarts is soon tried again, a standby without hot standby once an hour.
/// </summary>
internal sealed class Refusals(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset Since, DateTimeOffset Tried)> _refusing = new();

    /// <summary>A connection was tried and refused.</summary>
    public void Note(Node node)
    {
        var now = time.GetUtcNow();
        _refusing.AddOrUpdate(node.Name, (now, now), (_, before) => (before.Since, now));
    }

    /// <summary>The next connection is tried, whatever was seen before.</summary>
    /// <returns>Whether anything was believed.</returns>
    public bool Forget(Node node) => _refusing.TryRemove(node.Name, out _);

    /// <summary>Whether the server is taken to refuse, without a try.</summary>
    public bool IsBelieved(Node node)
    {
        if (!_refusing.TryGetValue(node.Name, out var seen))
            return false;
        var lasted = seen.Tried - seen.Since;
        return time.GetUtcNow() - seen.Tried < (lasted < Longest ? lasted : Longest);
    }
}
