using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Backup;

/// <summary>How old the newest good set on this host's own disk is, own or copy: it is seen also when the backup never ran.</summary>
internal sealed class BackupAgeProbe(CurrentSite site, LiveOptions<BackupOptions> options, SetMarks marks, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>There is no set at all.</summary>
    public static readonly FindingCode None = new("backup.none");

    /// <summary>The newest good set is too old.</summary>
    public static readonly FindingCode TooOld = new("backup.too-old");

    /// <inheritdoc/>
    public string Name => "backup.age";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Liveness];

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database || self.BackupDirectory.Length == 0)
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        var bad = marks.ReadAll().Where(mark => mark.Node == self.Name && mark.Problem is not null).Select(mark => mark.Set).ToHashSet();
        var newest = SetCatalog.Read(self.BackupDirectory).FirstOrDefault(set => !bad.Contains(set.Id) && !set.Manifest.IsFromFormerPrimary);
        var finding = Judge(self, newest, time.GetUtcNow(), options.Current.TooOldAfter);
        board.Record(new(self.Name, "backup on disk", newest is null ? "no set" : $"newest {newest.Id}, {Durations.Words(time.GetUtcNow() - newest.Time)} old", finding is null, time.GetUtcNow()));
        return Task.FromResult<IReadOnlyList<Finding>>(finding is null ? [] : [finding]);
    }

    /// <summary>Judges the newest good set.</summary>
    internal static Finding? Judge(Node node, BackupSet? newest, DateTimeOffset now, TimeSpan tooOldAfter)
    {
        if (newest is null)
        {
            return new Finding(None, node.Name, Severity.Warning, "there is no backup set")
            {
                Evidence = [$"{node.BackupDirectory} holds no set of this agent"],
                Effect = "Nothing could be restored from this host's disk.",
                Remedy = ["On the primary, when it suits: sispi-agent backup run", "After that the schedule does it."],
            };
        }

        var age = now - newest.Time;
        return age <= tooOldAfter ? null : new Finding(TooOld, node.Name, Severity.Critical, "the newest backup set is too old")
        {
            Evidence = [string.Create(CultureInfo.InvariantCulture, $"newest good set in {node.BackupDirectory}: {newest.Id}"), $"its age: {Durations.Words(age)}; allowed: {Durations.Words(tooOldAfter)}"],
            Effect = "What was written since then is in no backup on this host.",
            Remedy = ["On the primary: sispi-agent backup run", "If sets are made there and only the copy here is missing: sispi-agent backup copy, on the primary"],
        };
    }
}
