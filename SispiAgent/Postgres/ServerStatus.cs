namespace SispiAgent.Postgres;

/// <summary>Everything that one look found out about a server. What is not known is <see langword="null"/>.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reach">What connecting came to.</param>
internal sealed record ServerStatus(string Node, DateTimeOffset At, Reach Reach)
{
    /// <summary>What the driver or the server said about it: data, never matched.</summary>
    public string? Problem { get; init; }

    /// <summary>How connecting went: <c>unix socket /tmp:5442</c>, <c>server3:5442</c>.</summary>
    public string Way { get; init; } = "";

    /// <summary>The version as <c>server_version_num</c> has it.</summary>
    public int? Version { get; init; }

    /// <summary>The version, where the server does not tell it the data directory's major version; 0 if neither is known.</summary>
    public int KnownVersion => Version ?? Local?.Version ?? 0;

    /// <summary>When its postmaster was started, UTC, to the millisecond; it tells a restart. <see langword="null"/> if it answers no SQL.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Primary or standby.</summary>
    public ServerRole? Role { get; init; }

    /// <summary>The timeline that it is on.</summary>
    public long? Timeline { get; init; }

    /// <summary>Where a primary writes; up to where a standby has received.</summary>
    public WalPosition? Position { get; init; }

    /// <summary>Up to where a standby has replayed.</summary>
    public WalPosition? Replayed { get; init; }

    /// <summary>The cluster's identifier: equal on a primary and all its copies.</summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>On a standby that answers SQL, from 9.6: what its WAL receiver is about, in PostgreSQL's word (<c>streaming</c>, <c>waiting</c>).</summary>
    public string? ReceiverState { get; init; }

    /// <summary>Whether replay is paused on a standby.</summary>
    public bool IsReplayPaused { get; init; }

    /// <summary>Positions that a standby has certainly replayed, each with the timeline that it was on then: the last checkpoint and the end that recovery needs.</summary>
    public IReadOnlyList<ReplayPoint> ReplayPoints { get; init; } = [];

    /// <summary>What the host shows of it, without SQL; <see langword="null"/> when it was looked at from elsewhere.</summary>
    public LocalEvidence? Local { get; init; }
}

/// <summary>A position that was replayed.</summary>
/// <param name="Timeline">The timeline of it.</param>
/// <param name="Position">The position.</param>
internal sealed record ReplayPoint(long Timeline, WalPosition Position);
