using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Replication;

/// <summary>The WAL runway in words. Pure.</summary>
internal static class RunwayWords
{
    /// <summary>The topic under which the status board has it, for the primary (what is kept and what that is worth) and for each standby and mirror.</summary>
    public const string Topic = "WAL runway";

    /// <summary>A runway in a line.</summary>
    public static string Line(Runway runway, KeptWal kept, WalRates rates, TimeZoneInfo zone) => runway switch
    {
        { State: RunwayState.Connected } => $"connected{(runway.BehindBytes > 0 ? $", {ByteSize.Words(runway.BehindBytes)} behind" : "")}; {IfItWent(rates, kept.Settings.KeepBytes)}",
        { State: RunwayState.Unknown } => "has never been seen: how long the primary keeps WAL for it is not known",
        { State: RunwayState.HeldBySlot } => $"{ByteSize.Words(runway.BehindBytes)} behind; slot {runway.Slot} keeps what it needs, {DiskFull(runway, zone)}",
        { Left: { Ticks: > 0 } left } => $"{Summary(runway, zone)} ({Durations.Words(left)} left)",
        _ => Summary(runway, zone),
    };

    /// <summary>What a mail's subject says of it.</summary>
    public static string Summary(Runway runway, TimeZoneInfo zone) => runway switch
    {
        { State: RunwayState.Lost } => "the WAL that it needs is gone: it needs a re-sync",
        { State: RunwayState.UsedUp } => $"must reconnect now: {(runway.ProbableLoss is { } at ? $"the checkpoint of about {Durations.SiteTime(at, zone)}" : "the next checkpoint")} takes the WAL that it needs",
        { Deadline: { } deadline } => $"must reconnect before {Durations.SiteTime(deadline, zone)} or needs a re-sync",
        _ => $"can stay away until the primary has written {ByteSize.Words(runway.LeftBytes)} more",
    };

    /// <summary>What the kept setting is worth now, for the status and the digest: the guide claims about 1.5 weeks for 64 segments.</summary>
    public static string Worth(KeptWal kept, WalRates rates)
    {
        var size = kept.Settings.KeepBytes;
        var held = kept.OldestSegment is { } oldest ? $"; {ByteSize.Words((kept.CurrentSegment - oldest + 1) * kept.Settings.Layout.SegmentBytes)} really there" : "";
        var setting = kept.Settings.Layout.Version >= 130000 ? $"wal_keep_size keeps {ByteSize.Words(size)}" : string.Create(CultureInfo.InvariantCulture, $"wal_keep_segments keeps {kept.KeptSegments} segments ({ByteSize.Words(size)})");
        string[] worth = [.. Spans(rates).Select(span => (span.Name, Time: At(size, span.Rate))).DistinctBy(span => span.Time).Select(span => $"{span.Time} at the last {span.Name}'s rate")];
        return $"{setting}{held}: {(worth.Length == 0 ? "what that is worth is not known yet, the WAL has been watched for too short a time" : "worth " + string.Join(", ", worth))}";
    }

    /// <summary>How fast WAL grows. As long as all that was watched is the last hour, the day's and the week's rates are the same: said once.</summary>
    public static string Growth(WalRates rates)
    {
        string[] known =
        [
            .. Spans(rates).Select(span => (span.Name, Words: $"{ByteSize.Words((long)(span.Rate * 3600))} an hour")).DistinctBy(span => span.Words).Select(span => $"{span.Words} (last {span.Name})"),
        ];
        return known.Length == 0 ? "how fast WAL grows is not known yet" : $"WAL grows by {string.Join(", ", known)}";
    }

    /// <summary>When the disk is full that a slot fills.</summary>
    public static string DiskFull(Runway runway, TimeZoneInfo zone) =>
        $"the disk has {ByteSize.Words(runway.LeftBytes)} left for it{(runway.Deadline is { } full ? $" and is full about {Durations.SiteTime(full, zone)}" : "")}";

    private static IEnumerable<(string Name, double Rate)> Spans(WalRates rates) =>
        from span in new[] { (Name: "hour", Rate: rates.Hour), (Name: "day", Rate: rates.Day), (Name: "week", Rate: rates.Week) } where span.Rate is not null select (span.Name, span.Rate!.Value);

    private static string At(long size, double rate) => rate <= 0 ? "any time" : Durations.Words(TimeSpan.FromSeconds(Math.Min(size / rate, 3650.0 * 86400)));

    private static string IfItWent(WalRates rates, long kept) => rates switch
    {
        { Hour: null, Day: null, Week: null } => "how long it could stay away is not known yet",
        _ when rates.TimeFor(kept) is { } time => $"if it went now, it would have {Durations.Words(time)} before it needed a re-sync",
        _ => "next to nothing is written: it could stay away for longer than can be foretold",
    };
}
