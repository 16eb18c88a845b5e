using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>
/// Whether this host's server writes its log, and how many sessions end with FATAL there. Only one that answers can be judged: while it is down
/// both stay as they were. A standby without hot standby turns every look away with FATAL: nothing is asked of it.
/// </summary>
internal sealed class LogWritingProbe(CurrentSite site, OwnServer server, LogBook book, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "room.log-writing";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        await using var own = await server.OpenAsync(cancellationToken);
        if (own is null)
            return [];
        var self = site.Value.Self;
        var now = time.GetUtcNow();
        var limits = options.Current;
        var told = await LogSettings.ReadAsync(own, cancellationToken);
        LogLine[] ended = [.. book.Since(now - limits.EventShownFor).Where(line => line.Kind is LogKind.Fatal)];
        Finding[] findings =
        [
            .. new[]
            {
                LogJudge.JudgeSessions(self.Name, ended, limits),
                told.IsCollected ? LogJudge.JudgeWriting(self.Name, LogFolderState.Of(told.Folder(self.DataDirectory), told.FileName), told.StartedAt, now) : null,
            }.OfType<Finding>(),
        ];
        board.Record(new(self.Name, "sessions in the log", string.Create(CultureInfo.InvariantCulture, $"{ended.Length} FATAL within {Durations.Words(limits.EventShownFor)}{(told.IsCollected ? "" : "; logging_collector is off")}"), findings.Length == 0, now));
        return findings;
    }
}
