using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Restore;

/// <summary>Whether drills pass, and how long ago the last one did: it is seen also when none ever ran. Drills are the standby's.</summary>
internal sealed class DrillAgeProbe(CurrentSite site, LiveOptions<RestoreOptions> options, DrillBook book, ServerReader reader, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>The name, under which a drill reports too.</summary>
    public const string ProbeName = "drill.age";

    /// <inheritdoc/>
    public string Name => ProbeName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Liveness];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database || self.BackupDirectory.Length == 0)
            return [];
        var isStandby = (await reader.ReadAsync(self, cancellationToken)).Role is ServerRole.Standby;
        return Look(isStandby);
    }

    /// <summary>Judges what is written down.</summary>
    /// <param name="isStandby">Whether drills are expected of this host; what a drill by hand found is told in any case.</param>
    public IReadOnlyList<Finding> Look(bool isStandby)
    {
        var self = site.Value.Self;
        var now = time.GetUtcNow();
        var (latest, passed) = (book.Latest(), book.Last());
        DateTimeOffset? since = isStandby && SetCatalog.Read(self.BackupDirectory) is { Count: > 0 } sets ? sets.Min(set => set.Time) : null;
        var findings = DrillJudge.Judge(self.Name, latest, isStandby ? passed : null, since, now, options.Current.DrillStaleAfter);
        if (isStandby || latest is not null)
            board.Record(new(self.Name, "restore drill", Words(latest, passed, now), findings.Count == 0, now));
        return findings;
    }

    private static string Words(DrillResult? latest, DrillResult? passed, DateTimeOffset now)
    {
        var last = passed is null ? "none has passed yet" : $"{passed.Set} passed {Durations.Words(now - passed.Ended)} ago, in {Durations.Words(passed.Took)}";
        return latest is { Verdict: not DrillVerdict.Passed } ? $"{latest.Set}: {(latest.Verdict is DrillVerdict.Failed ? "FAILED" : "could not be made")}; {last}" : last;
    }
}
