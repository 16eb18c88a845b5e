using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.BackupSets;

/// <summary>What a drill's steps took, for people. Pure.</summary>
internal static class DrillRates
{
    /// <summary>A phase for people.</summary>
    public static string Words(RestorePhase phase) => phase switch
    {
        RestorePhase.Check => "hashes of the files",
        RestorePhase.Globals => "roles",
        RestorePhase.Definitions => "definitions",
        RestorePhase.Rows => "rows",
        RestorePhase.Constraints => "indexes and constraints",
        RestorePhase.Views => "materialized views",
        _ => "statistics",
    };

    /// <summary>The phases in their order: what each took, all of its steps one after the other, and how much it moved.</summary>
    public static IReadOnlyList<(RestorePhase Phase, int Steps, long Bytes, TimeSpan Took)> ByPhase(DrillResult drill) =>
        [.. drill.Steps.GroupBy(step => step.Phase).OrderBy(phase => phase.Key).Select(phase => (phase.Key, phase.Count(), phase.Sum(step => step.Bytes), Sum(phase.Select(step => step.Took))))];

    /// <summary>Bytes a second for people; empty where too little was measured.</summary>
    public static string Rate(long bytes, TimeSpan took) => bytes >= 1 << 20 && took.TotalSeconds >= 0.01 ? $"{ByteSize.Words((long)(bytes / took.TotalSeconds))} a second" : "";

    /// <summary>A duration of which a part of a second counts: <c>0.4 s</c>; from ten seconds on as everywhere.</summary>
    public static string Took(TimeSpan took) => took.TotalSeconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s") : Durations.Words(took);

    /// <summary>The phases, a line each: <c>rows: 12 files, 4.1 GB in 2 min, 35 MB a second</c>.</summary>
    public static IEnumerable<string> Lines(DrillResult drill) => ByPhase(drill).Select(phase =>
        $"{Words(phase.Phase)}: {Took(phase.Took)}{(phase.Phase is RestorePhase.Rows or RestorePhase.Definitions && Rate(phase.Bytes, phase.Took) is { Length: > 0 } rate ? $" for {ByteSize.Words(phase.Bytes)}, {rate}" : "")}");

    /// <summary>The steps that took longest.</summary>
    public static IReadOnlyList<StepTime> Slowest(DrillResult drill, int most) => [.. drill.Steps.Where(step => step.File is not null).OrderByDescending(step => step.Took).Take(most)];

    /// <summary>Times, added.</summary>
    public static TimeSpan Sum(IEnumerable<TimeSpan> times) => TimeSpan.FromTicks(times.Sum(time => time.Ticks));
}
