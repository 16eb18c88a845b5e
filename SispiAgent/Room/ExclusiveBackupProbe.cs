using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>An exclusive base backup (9.0 to 14) that nobody ended: its <c>backup_label</c> lies in a running primary's data directory.</summary>
internal sealed class ExclusiveBackupProbe(CurrentSite site, OwnServer server, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>An exclusive backup runs for too long.</summary>
    public static readonly FindingCode Forgotten = new("room.exclusive-backup");

    /// <inheritdoc/>
    public string Name => "room.exclusive-backup";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        await using var own = await server.OpenAsync(cancellationToken);
        if (own is not { Role: ServerRole.Primary, Version: < 150000 })
            return [];
        var self = site.Value.Self;
        var label = new FileInfo(Path.Combine(self.DataDirectory, "backup_label"));
        var now = time.GetUtcNow();
        var age = label.Exists ? now - label.LastWriteTimeUtc : (TimeSpan?)null;
        var finding = Judge(self.Name, label.FullName, age, options.Current.ExclusiveBackupAfter);
        board.Record(new(self.Name, "exclusive base backup", age is { } running ? $"runs since {Durations.Words(running)}" : "none", finding is null, now));
        return finding is null ? [] : [finding];
    }

    /// <summary>Judges its age; <see langword="null"/>: there is none.</summary>
    internal static Finding? Judge(string node, string label, TimeSpan? age, TimeSpan allowed) => age is not { } running || running < allowed ? null : new(Forgotten, node, Severity.Warning, "an exclusive base backup was left running")
    {
        Evidence = [$"{label} is {Durations.Words(running)} old; allowed: {Durations.Words(allowed)}"],
        Effect = "After a crash the server would start from where that backup began, or not start at all.",
        Remedy = ["Is somebody still copying the data directory? If not, as superuser: SELECT pg_stop_backup();"],
    };
}
