using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>The file systems under this host's server: space, inodes, and when they will be full.</summary>
internal sealed class SpaceProbe(CurrentSite site, VolumeReader reader, LiveOptions<RoomOptions> options, StatusBoard board, Measurements measurements, TimeProvider time) : IProbe
{
    /// <summary>The quantity in the history; its node is the host's name with the folder behind it.</summary>
    public const string Quantity = "free space, bytes";

    private const string Topic = "disk of ";

    /// <inheritdoc/>
    public string Name => "room.space";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        var now = time.GetUtcNow();
        var volumes = reader.Read();
        measurements.Record([.. volumes.Select(volume => new Measurement(self.Name + volume.Folder, Quantity, volume.Space.FreeBytes, now))]);
        var limits = options.Current;
        List<Finding> findings = [];
        List<Observation> seen = [];
        foreach (var volume in volumes)
        {
            var finding = SpaceJudge.Judge(self.Name, volume, limits);
            seen.Add(new(self.Name, $"{Topic}{string.Join(", ", volume.Purposes)}", string.Create(CultureInfo.InvariantCulture, $"{ByteSize.Words(volume.Space.FreeBytes)} of {ByteSize.Words(volume.Space.Bytes)} free ({volume.FreePercent:0} %){(volume.FullIn is { } left ? $", full in {Durations.Words(left)}" : "")}"), finding is null, now));
            if (finding is not null)
                findings.Add(finding);
        }

        board.RecordAll(self.Name, Topic, seen);

        return Task.FromResult<IReadOnlyList<Finding>>(findings);
    }
}
