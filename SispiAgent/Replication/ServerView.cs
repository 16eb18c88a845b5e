using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>What is known of one server's role.</summary>
/// <param name="Node">Its host.</param>
/// <param name="Role">Primary or standby.</param>
/// <param name="Timeline">The timeline that it is on.</param>
/// <param name="Position">Where it writes, or what it has received.</param>
/// <param name="SystemIdentifier">Its cluster's identifier.</param>
/// <param name="Version">Its version; 0 if unknown.</param>
/// <param name="Source">How it is known: <c>over SQL</c>, <c>its own agent says</c>.</param>
internal sealed record ServerView(Node Node, ServerRole Role, long? Timeline, WalPosition? Position, string? SystemIdentifier, int Version, string Source)
{
    /// <summary>Its timeline's ancestors; <see langword="null"/> if they could not be read.</summary>
    public TimelineHistory? History { get; init; }

    /// <summary>Whether the agent's role there may not read the history file: only the server's own agent can tell it.</summary>
    public bool IsHistoryForbidden { get; init; }

    /// <summary>What it has certainly replayed; only of standbys.</summary>
    public IReadOnlyList<ReplayPoint> ReplayPoints { get; init; } = [];

    /// <summary>Up to where a standby has replayed; <see langword="null"/> if it answers no SQL.</summary>
    public WalPosition? Replayed { get; init; }

    /// <summary>Whether it is connected to a primary; <see langword="null"/> if unknown.</summary>
    public bool? IsReceiving { get; init; }

    /// <summary>When its postmaster was started, UTC; <see langword="null"/> if unknown.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Whether its replay is paused.</summary>
    public bool IsReplayPaused { get; init; }
}
