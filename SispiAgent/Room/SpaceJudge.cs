using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges file systems. Pure.</summary>
internal static class SpaceJudge
{
    /// <summary>A file system runs full.</summary>
    public static readonly FindingCode Disk = new("room.disk");

    /// <summary>Judges one.</summary>
    public static Finding? Judge(string node, Volume volume, RoomOptions options)
    {
        var least = Math.Min(volume.FreePercent, volume.FreeFilesPercent);
        var isSoon = volume.FullIn is { } left && left <= options.FullWithin;
        if (least >= options.FreeWarningPercent && !isSoon)
            return null;
        var isInodes = volume.FreeFilesPercent < volume.FreePercent && least < options.FreeWarningPercent;
        return new(Disk, $"{node}{volume.Folder}", least < options.FreeCriticalPercent ? Severity.Critical : Severity.Warning, isInodes ? "a file system runs out of inodes" : "a file system runs full")
        {
            Evidence =
            [
                $"on it: {string.Join(", ", volume.Purposes)}",
                string.Create(CultureInfo.InvariantCulture, $"free: {ByteSize.Words(volume.Space.FreeBytes)} of {ByteSize.Words(volume.Space.Bytes)} ({volume.FreePercent:0.#} %)"),
                .. volume.Space.Files > 0 ? [string.Create(CultureInfo.InvariantCulture, $"free inodes: {volume.Space.FreeFiles:N0} of {volume.Space.Files:N0} ({volume.FreeFilesPercent:0.#} %)")] : Array.Empty<string>(),
                volume.FullIn is { } soon ? $"at the speed of the last two weeks it is full in {Durations.Words(soon)}" : "its history is too short, or does not shrink: no forecast",
            ],
            Effect = (volume.Purposes.Any(purpose => purpose is "WAL" or "data") ? "When the WAL can't be written the server stops (PANIC); when data can't be, statements fail." : "Log or backups stop when it is full.")
                + (volume.Purposes.Contains(VolumeReader.Backups) ? " Whether the next backups have room: sispi-agent readiness." : ""),
            Remedy =
            [
                $"What is large: du -xh --max-depth=2 {volume.Folder} | sort -h | tail",
                "Never remove anything by hand from pg_wal, pg_xlog or base. WAL that piles up: a slot or a standby that is gone (sispi-agent status).",
                "Old backup sets: sispi-agent backup prune. Old server logs may go.",
            ],
        };
    }
}
