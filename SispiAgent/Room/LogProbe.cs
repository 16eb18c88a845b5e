using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>
/// The log files of this host's server: what they say of it, and how large they grow. They are read also when the server is down: then they
/// matter most. What only a server that answers can be blamed for, <see cref="LogWritingProbe"/> judges.
/// </summary>
internal sealed class LogProbe(CurrentSite site, OwnServer server, LogBook book, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    /// <summary>What the server said last: its own files say less where it keeps them elsewhere.</summary>
    private LogSettings? _told;

    /// <inheritdoc/>
    public string Name => "room.log";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            return [];
        var now = time.GetUtcNow();
        var limits = options.Current;
        await AskAsync(cancellationToken);
        var folder = _told?.Folder(self.DataDirectory) ?? ServerFolders.LogFolder(self.DataDirectory);
        var fileName = _told?.FileName ?? ServerFolders.LogFileName(self.DataDirectory);
        var skipped = 0L;
        if (Directory.Exists(folder))
        {
            var scan = LogScan.Read(folder, fileName, book.Offsets(), limits.LogBytesPerLook, now);
            book.Record(scan.Offsets, scan.Lines, now - Kept);
            skipped = scan.SkippedBytes;
        }

        var recent = book.Since(now - limits.EventShownFor);
        var log = LogFolderState.Of(folder, fileName);
        List<Finding> findings = [.. LogJudge.JudgeEvents(self.Name, recent)];
        if (LogJudge.JudgeGrowth(self.Name, log, limits) is { } growth)
            findings.Add(growth);
        board.Record(new(self.Name, "server's log", Words(recent, log, skipped, limits.EventShownFor), findings.Count == 0, now));
        return findings;
    }

    private static string Words(IReadOnlyList<LogLine> recent, LogFolderState log, long skipped, TimeSpan within) => string.Create(
        CultureInfo.InvariantCulture,
        $"{recent.Count(line => line.Kind is LogKind.Panic)} PANIC, {recent.Count(line => line.Kind is LogKind.Corruption)} of damage within {Durations.Words(within)}; {ByteSize.Words(log.Bytes)}{(skipped > 0 ? $"; {ByteSize.Words(skipped)} were too much to read" : "")}");

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var own = await server.OpenAsync(cancellationToken);
            if (own is not null)
                _told = await LogSettings.ReadAsync(own, cancellationToken);
        }
        catch (LookSuspendedException)
        {
            // it is down: where its log is was told before, or its files say it
        }
    }
}
