using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>How a standby or mirror stands to the WAL that it needs next.</summary>
internal enum RunwayState
{
    /// <summary>Connected, and not falling behind.</summary>
    Connected,

    /// <summary>Gone or falling behind; the WAL that it needs is kept until a deadline.</summary>
    Counting,

    /// <summary>A slot keeps what it needs until the disk is full.</summary>
    HeldBySlot,

    /// <summary>Nothing keeps what it needs any more: the next checkpoint may take it.</summary>
    UsedUp,

    /// <summary>What it needs is gone.</summary>
    Lost,

    /// <summary>Where it is has never been seen.</summary>
    Unknown,
}

/// <summary>The WAL runway of one standby or mirror: how long it can stay away.</summary>
/// <param name="Node">Whose.</param>
/// <param name="State">How it stands.</param>
/// <param name="Received">What it has received; <see langword="null"/> if unknown.</param>
/// <param name="LeftBytes">How much more the primary may write until what it needs is kept no longer.</param>
internal sealed record Runway(string Node, RunwayState State, WalPosition? Received, long LeftBytes)
{
    /// <summary>When it was last seen connected; <see langword="null"/> if never.</summary>
    public DateTimeOffset? LastConnected { get; init; }

    /// <summary>How far behind it is, in bytes.</summary>
    public long BehindBytes { get; init; }

    /// <summary>The file that it needs from its beginning; empty if unknown.</summary>
    public string NeededFile { get; init; } = "";

    /// <summary>Where the primary will be writing when what it needs is kept no longer.</summary>
    public WalPosition? UsedUpAt { get; init; }

    /// <summary>The time until then at the measured rates; <see langword="null"/> if none is known or nothing is written.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>The moment at which it has to be back.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The next checkpoint after that: when what it needs probably goes.</summary>
    public DateTimeOffset? ProbableLoss { get; init; }

    /// <summary>The slot that holds what it needs; <see langword="null"/> if none does.</summary>
    public string? Slot { get; init; }
}
