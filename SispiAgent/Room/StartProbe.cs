using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>Whether this host's server was started again, or all its sessions were reset after a crash of one process, since the last look.</summary>
internal sealed class StartProbe(CurrentSite site, OwnServer server, LiveOptions<RoomOptions> options, StatusBoard board, Measurements measurements, TimeProvider time) : IProbe
{
    private const string PostmasterStart = "postmaster's start, ms since 1970";
    private const string CheckpointerStart = "checkpointer's start, ms since 1970";

    /// <inheritdoc/>
    public string Name => "room.start";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        await using var own = await server.OpenAsync(cancellationToken);
        if (own is null)
            return [];
        var self = site.Value.Self.Name;
        var now = time.GetUtcNow();
        var postmaster = (await own.ReadAsync("SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint", row => row.GetInt64(0), cancellationToken))[0];
        // 10 and later list the checkpointer; it is new without a new postmaster only after a crash
        var checkpointer = own.Version < 100000 ? null : (await own.ReadAsync("SELECT (extract(epoch FROM backend_start) * 1000)::bigint FROM pg_stat_activity WHERE backend_type = 'checkpointer'", row => row.Number(0), cancellationToken)).SingleOrDefault();

        var isFirst = measurements.Latest(self, PostmasterStart) is null;
        Note(self, PostmasterStart, postmaster);
        if (checkpointer is { } started)
            Note(self, CheckpointerStart, started);
        var finding = isFirst ? null : StartJudge.Judge(self, Starts(self, PostmasterStart), Starts(self, CheckpointerStart), Starts(self, Measurement.ServerDown), now - options.Current.EventShownFor, site.Value.TimeZone);
        board.Record(new(self, "server's start", Durations.SiteTime(DateTimeOffset.FromUnixTimeMilliseconds(postmaster), site.Value.TimeZone), finding is null, now));
        return finding is null ? [] : [finding];
    }

    /// <summary>Remembered by the moment of the start itself: what was seen once is there once.</summary>
    private void Note(string self, string quantity, long milliseconds)
    {
        if (measurements.Latest(self, quantity)?.Value != milliseconds)
            measurements.Record(new Measurement(self, quantity, milliseconds, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)));
    }

    private DateTimeOffset[] Starts(string self, string quantity) => [.. measurements.Read(self, quantity, DateTimeOffset.UnixEpoch).Select(one => one.At)];
}
