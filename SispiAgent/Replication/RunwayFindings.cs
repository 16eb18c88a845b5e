using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>What of a runway somebody has to know. Pure.</summary>
internal static class RunwayFindings
{
    /// <summary>A standby or mirror will soon need a re-sync, or needs one.</summary>
    public static readonly FindingCode TooShort = new("replication.runway");

    /// <summary>A slot holds WAL for a consumer that is gone.</summary>
    public static readonly FindingCode DeadSlot = new("replication.slot");

    /// <summary>Judges a runway by the time that is left.</summary>
    public static Finding? Judge(Runway runway, Node node, string primary, KeptWal kept, WalRates rates, ReplicationOptions limits, TimeZoneInfo zone)
    {
        if (runway.State is RunwayState.Connected or RunwayState.HeldBySlot or RunwayState.Unknown || (runway.State is RunwayState.Counting && (runway.Left is not { } left || left > limits.RunwayWarning)))
            return null;
        var isCritical = runway.State is not RunwayState.Counting || runway.Left <= limits.RunwayCritical;
        return new Finding(TooShort, node.Name, isCritical ? Severity.Critical : Severity.Warning, RunwayWords.Summary(runway, zone))
        {
            State = runway.State.ToString(),
            Evidence = [.. Evidence(runway, primary, kept, rates, zone)],
            Effect = runway.State is RunwayState.Lost
                ? $"{node.Name} can't catch up any more by itself. {Cost(node)}"
                : $"Until then it catches up by itself as soon as it connects; after that it has to be copied anew. {Cost(node)}",
            Remedy = [.. runway.State is RunwayState.Lost ? [] : Reconnect(node, primary, kept), .. Resync(node, kept)],
        };
    }

    /// <summary>Judges a slot without a consumer: it fills the primary's disk, unless max_slot_wal_keep_size (13 and later) stops it.</summary>
    public static Finding? Judge(ReplicationSlot slot, string primary, KeptWal kept, WalRates rates, ReplicationOptions limits, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (slot.IsActive || slot.Restart is not { } restart || slot.IsLost)
            return null;
        var held = Math.Max(0, kept.Position.BytesSince(restart, kept.Settings.Layout.Version));
        var fills = slot.KeepsWithoutLimit || slot.SafeBytes > kept.FreeBytes;
        var full = fills ? rates.TimeFor(kept.FreeBytes) : null;
        if (held < limits.WarningBytes && !(full <= limits.RunwayWarning))
            return null;
        return new Finding(DeadSlot, $"{primary}/{slot.Name}", full <= limits.RunwayCritical ? Severity.Critical : Severity.Warning, fills && full is { } time ? $"slot holds WAL for nobody: the disk is full about {Durations.SiteTime(now + time, zone)}" : "slot holds WAL for nobody")
        {
            State = full <= limits.RunwayCritical ? "soon full" : "",
            Evidence =
            [
                $"slot {slot.Name} has no consumer and keeps {ByteSize.Words(held)} of WAL, from {restart} on{(slot.Status is { } status ? $" (wal_status {status})" : "")}",
                slot.SafeBytes is { } safe ? $"max_slot_wal_keep_size: after {ByteSize.Words(safe)} more it is given up" : "nothing limits it",
                $"the WAL directory's disk has {ByteSize.Words(kept.FreeBytes)} left; {RunwayWords.Growth(rates)}",
            ],
            Effect = fills ? "The WAL directory grows until the disk is full; then the primary stops." : "WAL takes room that is not needed, up to the limit; then its consumer needs a re-sync.",
            Remedy = ["Start the standby or mirror that uses the slot.", $"If nobody needs it any more, on {primary}: SELECT pg_drop_replication_slot('{slot.Name}'); its consumer then needs a re-sync."],
        };
    }

    private static IEnumerable<string> Evidence(Runway runway, string primary, KeptWal kept, WalRates rates, TimeZoneInfo zone)
    {
        var layout = kept.Settings.Layout;
        yield return $"it has received up to {runway.Received}, {ByteSize.Words(runway.BehindBytes)} less than {primary} has written ({kept.Position}){(runway.LastConnected is { } seen ? $"; last seen connected {Durations.SiteTime(seen, zone, withSeconds: true)}" : "")}";
        yield return $"it needs {runway.NeededFile} from its beginning; the oldest that {primary} has is {(kept.OldestSegment is { } oldest ? layout.FileName(kept.Timeline, oldest) : "not known")}";
        yield return RunwayWords.Worth(kept, rates);
        if (runway.State is not RunwayState.Lost)
            yield return $"kept until {primary} writes at {runway.UsedUpAt}: {ByteSize.Words(Math.Max(0, runway.LeftBytes))} more{(runway.Left is { Ticks: > 0 } left ? $", about {Durations.Words(left)}" : "")}";
        if (runway.State is not RunwayState.Lost && runway.ProbableLoss is { } loss)
            yield return $"probably lost at the checkpoint that ends after that, by about {Durations.SiteTime(loss, zone, withSeconds: true)} (WAL is thrown away at checkpoints only)";
        yield return RunwayWords.Growth(rates);
    }

    private static string Cost(Node node) => node.Kind is NodeKind.Mirror
        ? "For the mirror that means a tar file of the whole data directory, brought there by other means (guide, Database Replication, step 3)."
        : "Until the copy is there, there is no standby to fail over to.";

    private static IEnumerable<string> Reconnect(Node node, string primary, KeptWal kept)
    {
        yield return $"Bring {node.Name} back: its server, the network to {primary}, the line for it in {primary}'s pg_hba.conf.";
        yield return kept.Settings.Layout.Version >= 130000
            ? $"If that takes longer, on {primary}: ALTER SYSTEM SET wal_keep_size = '{2 * Math.Max(kept.Settings.KeepBytes, 512L << 20) >> 20}MB'; SELECT pg_reload_conf(); it keeps more from now on (room on the disk: {ByteSize.Words(kept.FreeBytes)})."
            : $"If that takes longer, on {primary}: set wal_keep_segments = {2 * Math.Max(kept.KeptSegments, 32)} in postgresql.conf and pg_ctl reload; it keeps more from now on (room on the disk: {ByteSize.Words(kept.FreeBytes)}).";
    }

    private static IEnumerable<string> Resync(Node node, KeptWal kept)
    {
        if (kept.Settings.StoresWal)
            yield return $"archive_mode is on: if {node.Name} has a restore_command, it may still find there what it needs.";
        yield return kept.Settings.Layout.Version >= 90100
            ? $"Re-sync: stop {node.Name}'s server, move its data directory aside, copy the primary's anew (pg_basebackup, or the guide, Database Replication, step 3), start it."
            : $"Re-sync: stop {node.Name}'s server, move its data directory aside, copy the primary's anew (pg_start_backup, rsync, pg_stop_backup: guide, Database Replication, step 3), start it.";
    }
}
