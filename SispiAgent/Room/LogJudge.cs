using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges the server's log: what it says, whether it is written, how large it grows. Pure.</summary>
internal static class LogJudge
{
    /// <summary>The server, or all its sessions, went down.</summary>
    public static readonly FindingCode Panic = new("room.log-panic");

    /// <summary>The log tells of damaged data.</summary>
    public static readonly FindingCode Corruption = new("room.log-corruption");

    /// <summary>Very many sessions end or are turned away.</summary>
    public static readonly FindingCode Fatal = new("room.log-fatal");

    /// <summary>The log is not written.</summary>
    public static readonly FindingCode Unwritten = new("room.log-unwritten");

    /// <summary>The log grows for ever.</summary>
    public static readonly FindingCode Growth = new("room.log-growth");

    private const int Most = 10;

    /// <summary>A collector opens its file when the server starts, some seconds after the moment that counts as the start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Judges what the lines of late say of the server and its data.</summary>
    public static IReadOnlyList<Finding> JudgeEvents(string node, IReadOnlyList<LogLine> lines)
    {
        var kinds = lines.ToLookup(line => line.Kind);
        List<Finding> findings = [];
        if (kinds[LogKind.Panic].Any())
            findings.Add(new(Panic, node, Severity.Critical, "the server's log has PANIC lines") { Evidence = Summary(kinds[LogKind.Panic]), Effect = "Each one ended the server or every session of it.", Remedy = ["Read the log around these lines: it says why. A full disk is the usual reason (room.disk)."] });
        if (kinds[LogKind.Corruption].Any())
            findings.Add(new(Corruption, node, Severity.Critical, "the server's log tells of damaged data") { Evidence = Summary(kinds[LogKind.Corruption]), Effect = "Some rows can't be read any more; the damage may spread, and it may be on the standby too or not.", Remedy = ["Change nothing on disk. Make a backup now, elsewhere: sispi-agent backup run", "Is the same table readable on the standby? Look at the disks: dmesg -T, smartctl.", "Then: docs/findings/room.log-corruption.md"] });
        return findings;
    }

    /// <summary>Judges the FATAL lines of late.</summary>
    public static Finding? JudgeSessions(string node, IReadOnlyList<LogLine> ended, RoomOptions options) => ended.Count < options.FatalLines ? null
        : new(Fatal, node, Severity.Warning, "very many sessions end with FATAL") { Evidence = Summary(ended), Effect = "Some program is turned away or thrown out again and again.", Remedy = ["The lines say why: password, pg_hba.conf, too many connections, or an administrator's command."] };

    /// <summary>Judges whether a server with a collector, started then, writes into its files.</summary>
    public static Finding? JudgeWriting(string node, LogFolderState log, DateTimeOffset startedAt, DateTimeOffset now)
    {
        var newest = log.Files.OrderByDescending(file => file.WrittenAt).FirstOrDefault();
        if (now - startedAt <= Patience || (log.Files.Count > 0 && newest.WrittenAt >= startedAt - Patience))
            return null;
        return new(Unwritten, node, Severity.Warning, "the server's log is not written")
        {
            Evidence = [log.Files.Count == 0 ? $"{log.Folder} holds no file" : string.Create(CultureInfo.InvariantCulture, $"the newest file in {log.Folder}, {newest.Name}, was last written {newest.WrittenAt:yyyy-MM-dd HH:mm} UTC"), string.Create(CultureInfo.InvariantCulture, $"the server runs since {startedAt:yyyy-MM-dd HH:mm} UTC, logging_collector is on")],
            Effect = "Nobody would read why the server failed.",
            Remedy = ["Was the file removed while the server wrote to it? SELECT pg_rotate_logfile(); opens a new one.", "Does the directory belong to the server's user?"],
        };
    }

    /// <summary>Judges the files' size.</summary>
    public static Finding? JudgeGrowth(string node, LogFolderState log, RoomOptions options) => log.Bytes < options.LogDirectoryBytes ? null
        : new(Growth, node, Severity.Warning, "the server's log grows for ever")
        {
            Evidence = [$"{log.Files.Count} files in {log.Folder}, {ByteSize.Words(log.Bytes)}; limit: {ByteSize.Words(options.LogDirectoryBytes)}", .. log.Files.OrderByDescending(file => file.Bytes).Take(Most).Select(file => $"{ByteSize.Words(file.Bytes)}  {file.Name}"), $"log_filename: {log.FileName}{(log.FileName.Contains("%Y", StringComparison.Ordinal) ? " (with a year in it no name ever comes again: log_truncate_on_rotation has nothing to truncate)" : "")}"],
            Effect = "It takes the space of data and WAL if it is on the same disk (room.disk).",
            Remedy = ["Remove or compress files of months that are over; the newest one is in use.", "For good: a log_filename without the year (postgresql-%m.log) with log_truncate_on_rotation, or logrotate."],
        };

    /// <summary>Lines that differ in numbers only are one line with a count; the most frequent first.</summary>
    internal static string[] Summary(IEnumerable<LogLine> lines) =>
    [
        .. lines.GroupBy(line => Shape(line.Line)).OrderByDescending(group => group.Count()).Take(Most)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{(group.Count() > 1 ? $"{group.Count()} times, the last: " : "")}{group.Last().Line} ({Path.GetFileName(group.Last().File)})")),
    ];

    private static string Shape(string line) => string.Concat(line.Where(c => !char.IsAsciiDigit(c)));
}
