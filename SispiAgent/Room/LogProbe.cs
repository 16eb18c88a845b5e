using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>
/// The log files of this host's server. They are read also when the server is down: then they matter most. FATAL lines are counted only
/// while it accepts connections; a standby without hot standby turns every look away with one.
/// </summary>
internal sealed class LogProbe(CurrentSite site, OwnServer server, LogBook book, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    private const string Settings = """
        SELECT current_setting('logging_collector') = 'on', current_setting('log_filename'), (SELECT setting FROM pg_settings WHERE name = 'log_directory'),
            (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint
        """;

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
        var asked = await AskAsync(cancellationToken);
        var folder = asked?.Directory is { Length: > 0 } told ? Path.Combine(self.DataDirectory, told) : ServerFolders.LogFolder(self.DataDirectory);
        var skipped = 0L;
        if (Directory.Exists(folder))
        {
            var scan = LogScan.Read(folder, book.Offsets(), limits.LogBytesPerLook, now);
            book.Record(scan.Offsets, scan.Lines, now - Kept);
            skipped = scan.SkippedBytes;
        }

        var recent = book.Since(now - limits.EventShownFor);
        List<Finding> findings = [.. LogJudge.JudgeLines(self.Name, asked is null ? [.. recent.Where(line => line.Kind is not LogKind.Fatal)] : recent, limits)];
        if (asked is { IsCollected: true } collected)
            findings.AddRange(LogJudge.JudgeFolder(self.Name, new(folder, true, collected.StartedAt, Files(folder), collected.FileName), now, limits));
        board.Record(new(self.Name, "server's log", Words(recent, asked?.IsCollected, skipped, limits.EventShownFor), findings.Count == 0, now));
        return findings;
    }

    private static string Words(IReadOnlyList<LogLine> recent, bool? isCollected, long skipped, TimeSpan within) => string.Create(
        CultureInfo.InvariantCulture,
        $"{recent.Count(line => line.Kind is LogKind.Panic)} PANIC, {recent.Count(line => line.Kind is LogKind.Corruption)} of damage, {recent.Count(line => line.Kind is LogKind.Fatal)} FATAL within {Durations.Words(within)}{(isCollected is false ? "; logging_collector is off" : "")}{(skipped > 0 ? $"; {ByteSize.Words(skipped)} were too much to read" : "")}");

    private static (string, long, DateTimeOffset)[] Files(string folder) => Directory.Exists(folder)
        ? [.. new DirectoryInfo(folder).EnumerateFiles().Select(file => (file.Name, file.Length, (DateTimeOffset)file.LastWriteTimeUtc))]
        : [];

    private async Task<(bool IsCollected, string FileName, string Directory, DateTimeOffset StartedAt)?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var own = await server.OpenAsync(cancellationToken);
            return own is null ? null : (await own.ReadAsync(Settings, row => (row.GetBoolean(0), row.GetString(1), row.Text(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))), cancellationToken))[0];
        }
        catch (LookSuspendedException)
        {
            return null; // it is down: its files say where its log is
        }
    }
}
