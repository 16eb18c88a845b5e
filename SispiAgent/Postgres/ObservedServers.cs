using System.Collections.Concurrent;

namespace SispiAgent.Postgres;

/// <summary>The newest status of each server that this agent looks at.</summary>
internal sealed class ObservedServers
{
    private readonly ConcurrentDictionary<string, ServerStatus> _latest = new();

    /// <summary>Remembers a look.</summary>
    public void Record(ServerStatus status) => _latest[status.Node] = status;

    /// <summary>The newest look at a node; <see langword="null"/> if there was none since the start.</summary>
    public ServerStatus? Latest(string node) => _latest.GetValueOrDefault(node);
}
