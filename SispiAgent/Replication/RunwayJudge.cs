using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>A standby or mirror, as the primary knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Received">The furthest that it is known to have received.</param>
/// <param name="SenderId">The sender that feeds it; <see langword="null"/> if none does.</param>
/// <param name="LastConnected">When one last did.</param>
/// <param name="Rate">How fast it has been receiving, in bytes a second; <see langword="null"/> if unknown.</param>
internal sealed record Consumer(string Name, WalPosition? Received, int? SenderId, DateTimeOffset? LastConnected, double? Rate)
{
    /// <summary>Whether a sender feeds it.</summary>
    public bool IsConnected => SenderId is not null;
}

/// <summary>Foretells how long a standby or mirror can stay away. Pure.</summary>
internal static class RunwayJudge
{
    /// <summary>Judges one.</summary>
    /// <param name="kept">What the primary holds.</param>
    /// <param name="rates">How fast it writes.</param>
    /// <param name="consumer">The standby or mirror.</param>
    /// <param name="behindFrom">How far behind a connected one is left alone, in bytes.</param>
    /// <param name="now">The present moment.</param>
    public static Runway Judge(KeptWal kept, WalRates rates, Consumer consumer, long behindFrom, DateTimeOffset now)
    {
        if (consumer.Received is not { } received)
            return new(consumer.Name, consumer.IsConnected ? RunwayState.Connected : RunwayState.Unknown, null, 0) { LastConnected = consumer.LastConnected };

        // whoever comes back asks for its segment from the beginning
        var layout = kept.Settings.Layout;
        var needed = layout.SegmentOf(received);
        var usedUpAt = layout.StartOf(needed + kept.KeptSegments + 1);
        var left = usedUpAt.BytesSince(kept.Position, layout.Version);
        var runway = new Runway(consumer.Name, RunwayState.Counting, received, left)
        {
            LastConnected = consumer.LastConnected,
            BehindBytes = Math.Max(0, kept.Position.BytesSince(received, layout.Version)),
            NeededFile = layout.FileName(kept.Timeline, needed),
            UsedUpAt = usedUpAt,
        };
        if (consumer.IsConnected && runway.BehindBytes < behindFrom)
            return runway with { State = RunwayState.Connected };
        if (!consumer.IsConnected && needed < kept.OldestSegment)
            return runway with { State = RunwayState.Lost };

        if (HoldingSlot(kept, consumer, needed) is { } slot)
        {
            runway = runway with { Slot = slot.Name };
            if (slot.KeepsWithoutLimit)
                return runway with { State = RunwayState.HeldBySlot, LeftBytes = kept.FreeBytes, Left = rates.TimeFor(kept.FreeBytes), Deadline = now + rates.TimeFor(kept.FreeBytes) };
            if (slot.SafeBytes > left)
                runway = runway with { LeftBytes = slot.SafeBytes.Value, UsedUpAt = WalPosition.FromBytes(kept.Position.ToBytes(layout.Version) + slot.SafeBytes.Value, layout.Version) };
        }

        if (runway.LeftBytes <= 0)
            return runway with { State = RunwayState.UsedUp, Left = TimeSpan.Zero, ProbableLoss = kept.CheckpointAfter(now, rates) };

        // one that is connected uses it up only as far as it is slower than the primary
        var time = (consumer.IsConnected ? rates.Less(consumer.Rate ?? 0) : rates).TimeFor(runway.LeftBytes);
        if (consumer.IsConnected && time is null)
            return runway with { State = RunwayState.Connected };
        var deadline = now + time;
        return runway with { Left = time, Deadline = deadline, ProbableLoss = deadline is { } moment ? kept.CheckpointAfter(moment, rates) : null };
    }

    /// <summary>The slot that keeps longest what is needed. A slot in use moves on with its consumer and keeps nothing for another.</summary>
    private static ReplicationSlot? HoldingSlot(KeptWal kept, Consumer consumer, long needed) => kept.Slots
        .Where(slot => (!slot.IsActive || slot.ProcessId == consumer.SenderId) && !slot.IsLost && slot.Restart is { } restart && kept.Settings.Layout.SegmentOf(restart) <= needed)
        .OrderByDescending(slot => slot.SafeBytes ?? long.MaxValue).FirstOrDefault();
}
