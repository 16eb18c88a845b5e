using System.Globalization;
using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Restore;

/// <summary>A drill with all that follows: it is written down, told, and mailed. The schedule and the verb go the same way.</summary>
internal sealed partial class DrillPipeline(Drill drill, DrillBook book, DrillAgeProbe age, ServerReader reader, AlertDesk desk, Outbox outbox, CurrentSite site, TimeProvider time, ILogger<DrillPipeline> logger)
{
    /// <summary>Drills a set. A failure is a finding, not an exception.</summary>
    public async Task<DrillResult> RunAsync(BackupSet set, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        var result = await drill.RunAsync(set, progress, cancellationToken);
        book.Record(result);
        Log.Drilled(logger, result.Set, result.Verdict, string.Join("; ", result.Problems));
        var isStandby = (await reader.ReadAsync(site.Value.Self, cancellationToken)).Role is ServerRole.Standby;
        desk.Report(new Sweep(DrillAgeProbe.ProbeName, ScheduleKeys.Drill, time.GetUtcNow(), age.Look(isStandby)) { IsCertain = true });
        if (result.Verdict is DrillVerdict.Passed)
            outbox.Post(Write(result, site.Value.TimeZone));
        return result;
    }

    /// <summary>The mail about a drill that passed; one that did not is an alert.</summary>
    internal static Letter Write(DrillResult result, TimeZoneInfo zone)
    {
        var rate = DrillRates.Rate(result.Bytes, result.Restored) is { Length: > 0 } words ? $", {words}" : "";
        List<Block> blocks =
        [
            new Block.Paragraph($"The set {result.Set} was restored into a throwaway server, {Durations.SiteTime(result.Began, zone)}, and everything is as its manifest says."),
            new Block.Table(["what", "how much"],
            [
                ["the databases, on the server", ByteSize.Words(result.Bytes)], ["hashes of the files", DrillRates.Took(result.Checked)], ["restored in", $"{DrillRates.Took(result.Restored)}{rate}"],
                ["compared in", DrillRates.Took(result.Compared)], ["all in all", Durations.Words(result.Took)],
                ["tables compared by rows", result.Tables.ToString(CultureInfo.InvariantCulture)], ["of them by content", result.Digests.ToString(CultureInfo.InvariantCulture)],
            ], ["how much"]),
        ];
        if (result.Steps.Count > 0)
        {
            blocks.AddRange(
            [
                new Block.Headline("What took how long"),
                new Block.Table(["phase", "steps", "time", "rate"],
                    [.. DrillRates.ByPhase(result).Select(phase => (string[])[DrillRates.Words(phase.Phase), phase.Steps.ToString(CultureInfo.InvariantCulture), DrillRates.Took(phase.Took), phase.Phase is RestorePhase.Rows or RestorePhase.Definitions ? DrillRates.Rate(phase.Bytes, phase.Took) : ""])], ["steps", "time", "rate"]),
                new Block.Table(["slowest files", "what", "time"],
                    [.. DrillRates.Slowest(result, 5).Select(step => (string[])[step.File!, DrillRates.Words(step.Phase), DrillRates.Took(step.Took)])], ["time"]),
                new Block.Paragraph($"The times of a phase's steps are added; {(result.Sessions == 1 ? "one session restored" : $"{result.Sessions} sessions restored at once")}. By these times `sispi-agent restore --plan` estimates."),
            ]);
        }

        if (result.Remarks.Count > 0)
            blocks.AddRange([new Block.Headline("To be known"), .. result.Remarks.Take(20).Select(remark => new Block.Paragraph(remark))]);
        return new Letter($"restore drill of {result.Set} passed in {Durations.Words(result.Took)}", blocks);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5100, Level = LogLevel.Information, Message = "Drill of {Set}: {Verdict} {Problems}")]
        public static partial void Drilled(ILogger logger, string set, DrillVerdict verdict, string problems);
    }
}
