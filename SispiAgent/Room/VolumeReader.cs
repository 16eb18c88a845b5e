using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.History;
using SispiAgent.Platform;

namespace SispiAgent.Room;

/// <summary>Reads the file systems under this host's server, and whether one of them is told as running full.</summary>
internal sealed class VolumeReader(CurrentSite site, LiveOptions<RoomOptions> options, Measurements measurements, TimeProvider time)
{
    /// <summary>What a folder of backup sets is for.</summary>
    public const string Backups = "backups";

    private static readonly TimeSpan Looked = TimeSpan.FromDays(14);

    /// <summary>Reads them.</summary>
    /// <exception cref="UnauthorizedAccessException">The data directory belongs to another user.</exception>
    public IReadOnlyList<Volume> Read()
    {
        var (self, now) = (site.Value.Self, time.GetUtcNow());
        return
        [
            .. ServerFolders.Of(self).Select(entry => (entry.Purpose, entry.Folder, Space: VolumeSpace.Of(entry.Folder))).GroupBy(entry => (entry.Space.Id, entry.Space.Bytes, entry.Space.Files)).Select(group =>
            {
                var first = group.First();
                return new Volume(first.Folder, [.. group.Select(entry => entry.Purpose).Distinct()], first.Space, Filling.UntilZero(measurements.Read(self.Name + first.Folder, SpaceProbe.Quantity, now - Looked)));
            }),
        ];
    }

    /// <summary>Whether the file system of the backup sets is told as running full: that it has no room for the next ones is the same fact.</summary>
    public bool IsBackupDiskTold() => Read().Any(volume => volume.Purposes.Contains(Backups) && SpaceJudge.Judge(site.Value.Self.Name, volume, options.Current) is not null);
}
