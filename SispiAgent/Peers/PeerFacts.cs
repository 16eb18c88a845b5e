namespace SispiAgent.Peers;

/// <summary>What an agent tells about its host, renamed into place each round: <c>peer facts</c> prints it even while the agent hangs.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="AgentVersion">The agent's version.</param>
/// <param name="Node">The host's name.</param>
/// <param name="ConfigurationHash">The configuration's hash without section <c>Agent</c>.</param>
/// <param name="ObservedAt">When the agent last looked, UTC.</param>
/// <param name="Server">Its PostgreSQL server; <see langword="null"/> on a web host.</param>
/// <param name="OpenAlerts">The alerts that the agent has open.</param>
internal sealed record PeerFacts(
    int Schema, string AgentVersion, string Node, string ConfigurationHash, DateTimeOffset ObservedAt, ServerFacts? Server, IReadOnlyList<AlertFacts> OpenAlerts)
{
    /// <summary>What the agent saw last of its own host; empty from agents that don't tell it yet.</summary>
    public IReadOnlyList<SeenFacts> Seen { get; init; } = [];

    /// <summary>The major version of the newest pg_restore there; <see langword="null"/>: none, or it is not known.</summary>
    public int? PgRestoreMajor { get; init; }
}

/// <summary>What an agent saw last of one thing.</summary>
/// <param name="Subject">Of which host.</param>
/// <param name="Topic">What was looked at.</param>
/// <param name="Text">How it is.</param>
/// <param name="IsWell">Whether that is as it should be.</param>
/// <param name="At">When, UTC.</param>
internal sealed record SeenFacts(string Subject, string Topic, string Text, bool IsWell, DateTimeOffset At);

/// <summary>A server as its own agent sees it, with local evidence where it answers no SQL.</summary>
/// <param name="State">The liveness state's name.</param>
/// <param name="IsHealthy">Whether that state is as it should be: a standby without hot standby refuses connections and is healthy.</param>
/// <param name="Role"><c>primary</c>, <c>standby</c>, or <see langword="null"/> if unknown.</param>
/// <param name="Version">The server's version number as <c>server_version_num</c> has it, or <see langword="null"/>.</param>
/// <param name="SystemIdentifier">The cluster's identifier, or <see langword="null"/>.</param>
/// <param name="Timeline">The timeline, or <see langword="null"/>.</param>
/// <param name="Lsn">The position written (primary) or received (standby), as <c>X/X</c>, or <see langword="null"/>.</param>
/// <param name="IsReceiving">On a standby: whether its WAL receiver is connected; else <see langword="null"/>.</param>
internal sealed record ServerFacts(
    string State, bool IsHealthy, string? Role, int? Version, string? SystemIdentifier, long? Timeline, string? Lsn, bool? IsReceiving)
{
    /// <summary>The ancestors of its timeline, oldest first, as its own history file names them; empty for timeline 1.</summary>
    public IReadOnlyList<ForkFacts> Forks { get; init; } = [];

    /// <summary>When its postmaster was started, UTC; <see langword="null"/> if it answers no SQL, and from agents that don't tell it yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>On a standby that answers SQL: whether its replay is paused.</summary>
    public bool IsReplayPaused { get; init; }
}

/// <summary>An ancestor of a timeline.</summary>
/// <param name="Timeline">The ancestor.</param>
/// <param name="Lsn">Where it was left, as <c>X/X</c>.</param>
internal sealed record ForkFacts(long Timeline, string Lsn);

/// <summary>An open alert, as peers need it.</summary>
/// <param name="Code">The finding's code.</param>
/// <param name="Subject">The finding's subject.</param>
/// <param name="Severity">The finding's severity.</param>
/// <param name="Summary">The finding's summary.</param>
/// <param name="Since">When it was first seen, UTC.</param>
internal sealed record AlertFacts(string Code, string Subject, string Severity, string Summary, DateTimeOffset Since);
