namespace SispiAgent.Findings;

/// <summary>The keys of section <c>Schedules</c>. A probe names its key and has no interval of its own.</summary>
internal static class ScheduleKeys
{
    /// <summary>The quick liveness look.</summary>
    public const string Heartbeat = nameof(Heartbeat);

    /// <summary>The guide's hourly liveness check; the only one that reminds hourly.</summary>
    public const string Liveness = nameof(Liveness);

    /// <summary>WAL senders, WAL receivers and lag.</summary>
    public const string Replication = nameof(Replication);

    /// <summary>The facts of the other hosts' agents.</summary>
    public const string Peers = nameof(Peers);

    /// <summary>Settings against the guide.</summary>
    public const string Conformance = nameof(Conformance);

    /// <summary>Whether a failover would go well.</summary>
    public const string Readiness = nameof(Readiness);

    /// <summary>Room and housekeeping.</summary>
    public const string Room = nameof(Room);

    /// <summary>The weekly digest.</summary>
    public const string Digest = nameof(Digest);

    /// <summary>The weekly backup.</summary>
    public const string Backup = nameof(Backup);

    /// <summary>The weekly restore drill.</summary>
    public const string Drill = nameof(Drill);
}
