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
        var rate = result.Restored.TotalSeconds >= 1 ? $", {ByteSize.Words((long)(result.Bytes / result.Restored.TotalSeconds))} a second" : "";
        List<Block> blocks =
        [
            new Block.Paragraph($"The set {result.Set} was restored into a throwaway server, {Durations.SiteTime(result.Began, zone)}, and everything is as its manifest says."),
            new Block.Table(["what", "how much"],
            [
                ["the databases, on the server", ByteSize.Words(result.Bytes)], ["restored in", $"{Durations.Words(result.Restored)}{rate}"], ["with the comparison", Durations.Words(result.Took)],
                ["tables compared by rows", result.Tables.ToString(CultureInfo.InvariantCulture)], ["of them by content", result.Digests.ToString(CultureInfo.InvariantCulture)],
            ], ["how much"]),
        ];
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
