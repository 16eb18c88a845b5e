using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>What a primary still holds of its WAL, and how long it will.</summary>
/// <param name="Settings">Its settings.</param>
/// <param name="Timeline">Its timeline.</param>
/// <param name="Position">Where it writes.</param>
/// <param name="OldestSegment">The oldest segment that is really there; <see langword="null"/> if that could not be seen.</param>
/// <param name="LastCheckpoint">When its last checkpoint began; <see langword="null"/> if that is not known.</param>
/// <param name="Slots">Its replication slots.</param>
/// <param name="FreeBytes">What its WAL directory's disk has left.</param>
internal sealed record KeptWal(
    WalSettings Settings, long Timeline, WalPosition Position, long? OldestSegment, DateTimeOffset? LastCheckpoint, IReadOnlyList<ReplicationSlot> Slots, long FreeBytes)
{
    /// <summary>The segment that is being written.</summary>
    public long CurrentSegment => Settings.Layout.SegmentOf(Position);

    /// <summary>How many segments the setting keeps.</summary>
    public long KeptSegments => Settings.KeepBytes / Settings.Layout.SegmentBytes;

    /// <summary>
    /// When a checkpoint that throws WAL away next ends, at or after a moment: segments go only then. They begin by the clock, and sooner where
    /// so much is written that max_wal_size (checkpoint_segments) demands it; a busy one takes its whole share of the time.
    /// </summary>
    public DateTimeOffset? CheckpointAfter(DateTimeOffset moment, WalRates rates)
    {
        if (LastCheckpoint is not { } last)
            return null;
        var interval = Settings.CheckpointTimeout;
        if (Settings.CheckpointBytes > 0 && rates.TimeFor(Settings.CheckpointBytes) is { } byVolume && byVolume < interval && byVolume > TimeSpan.FromSeconds(1))
            interval = byVolume;
        var end = last + (interval * Settings.CheckpointShare);
        return moment <= end ? end : end + (interval * Math.Ceiling((moment - end) / interval));
    }
}
