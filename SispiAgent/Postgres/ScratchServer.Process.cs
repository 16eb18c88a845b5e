using System.Globalization;
using SispiAgent.Platform;

namespace SispiAgent.Postgres;

internal sealed partial class ScratchServer
{
    /// <summary>The postmaster's process, from <c>postmaster.pid</c>; <see langword="null"/> when there is none.</summary>
    public int? PostmasterId()
    {
        var first = PidFileLines().FirstOrDefault() ?? "";
        return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    /// <summary>SIGKILL to the postmaster: the crash that leaves <c>postmaster.pid</c> behind. Returns when it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        var id = PostmasterId() ?? throw new InvalidOperationException($"No server runs in {DataDirectory}.");
        ProcessSignal.Send(id, ProcessSignal.Kill);
        while (ProcessSignal.IsRunning(id))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    /// <summary>
    /// A killed postmaster counts as running for PostgreSQL until its parent, by then process 1, has collected it; some containers' never
    /// does, and there the file that names it has to go.
    /// </summary>
    private async Task AwaitCollectionAsync(CancellationToken cancellationToken)
    {
        if (PostmasterId() is not { } id || ProcessSignal.IsRunning(id))
            return;
        var begin = TimeProvider.System.GetTimestamp();
        while (ProcessTree.Find(id) is not null && !ProcessSignal.IsRunning(id) && TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(10))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        if (ProcessTree.Find(id) is not null && !ProcessSignal.IsRunning(id))
            File.Delete(Path.Combine(DataDirectory, "postmaster.pid"));
    }

    /// <summary>SIGSTOP to the postmaster: it still accepts TCP connections and never answers.</summary>
    public void Freeze() => ProcessSignal.Send(PostmasterId()!.Value, ProcessSignal.Stop);

    /// <summary>SIGCONT after <see cref="Freeze"/>.</summary>
    public void Thaw() => ProcessSignal.Send(PostmasterId()!.Value, ProcessSignal.Continue);

    /// <summary>Makes this copy the standby of another server.</summary>
    /// <param name="primary">Whom it streams from.</param>
    /// <param name="hotStandby">Whether it answers read-only queries.</param>
    /// <param name="applicationName">What <c>pg_stat_replication</c> shows.</param>
    public void Follow(ScratchServer primary, bool hotStandby, string applicationName)
    {
        var conninfo = $"host=127.0.0.1 port={primary.Port} user=postgres application_name={applicationName}";
        Set(("hot_standby", hotStandby ? "on" : "off"));
        if (MajorOfData() >= 12)
        {
            Set(("primary_conninfo", conninfo));
            File.WriteAllText(Path.Combine(DataDirectory, "standby.signal"), "");
        }
        else
        {
            File.WriteAllText(Path.Combine(DataDirectory, "recovery.conf"), $"standby_mode = 'on'\nprimary_conninfo = '{conninfo}'\nrecovery_target_timeline = 'latest'\n");
        }
    }

    /// <summary>The major version of the data directory.</summary>
    public int MajorOfData() => int.Parse(File.ReadAllText(Path.Combine(DataDirectory, "PG_VERSION")).Trim().Split('.')[0], CultureInfo.InvariantCulture);

    private void Configure()
    {
        var major = MajorOfData();
        Set(("port", Port.ToString(CultureInfo.InvariantCulture)),
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", SocketDirectory),
            ("fsync", "off"),
            ("wal_level", "replica"),
            ("max_wal_senders", "10"),
            (major >= 13 ? "wal_keep_size" : "wal_keep_segments", major >= 13 ? "256MB" : "16"),
            ("shared_buffers", "16MB"),
            ("max_connections", "100"), // as initdb has written into the control file: a standby may not start with less
            ("logging_collector", "off"),
            ("lc_messages", "C"));
        File.WriteAllText(Path.Combine(DataDirectory, "pg_hba.conf"), """
            local all all trust
            local replication all trust
            host all all 127.0.0.1/32 trust
            host replication all 127.0.0.1/32 trust

            """);
    }

    private string[] PidFileLines()
    {
        try
        {
            return File.ReadAllLines(Path.Combine(DataDirectory, "postmaster.pid"));
        }
        catch (IOException)
        {
            return [];
        }
    }
}
