using System.Globalization;
using System.Security.Cryptography;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Demo;

/// <summary>The three servers of the demo: a primary, a standby that answers no SQL, a mirror that does; set up as the guide has them, as far as one host allows.</summary>
internal sealed class DemoServers
{
    private DemoServers(ScratchServer primary, ScratchServer standby, ScratchServer mirror) => (Primary, Standby, Mirror) = (primary, standby, mirror);

    /// <summary>The settings of the guide that the demo's servers have otherwise: all are on one host, and small.</summary>
    public static IReadOnlyDictionary<string, string> OwnSettings { get; } = new Dictionary<string, string> { ["listen_addresses"] = "127.0.0.1", ["max_connections"] = "40" };

    /// <summary>server2's.</summary>
    public ScratchServer Primary { get; }

    /// <summary>server3's, with hot_standby off.</summary>
    public ScratchServer Standby { get; }

    /// <summary>des10's, with hot_standby on.</summary>
    public ScratchServer Mirror { get; }

    /// <summary>Makes, fills and starts them.</summary>
    /// <param name="folder">The demo's folder.</param>
    /// <param name="size">Multiplies the sample's time series.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">PostgreSQL is not installed, or too old for the demo.</exception>
    public static async Task<DemoServers> StartAsync(DemoFolder folder, int size, CancellationToken cancellationToken)
    {
        var installation = PostgresInstallation.Newest("initdb", "postgres", "pg_ctl", "pg_dump");
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        DurableFile.Write(folder.PassFile, $"127.0.0.1:*:*:dbadmin:{password}\n");

        var primary = await ScratchServer.CreateAsync(installation, folder.Server("server2"), LoopbackPorts.Next(), cancellationToken);
        if (primary.MajorOfData() < 12)
            throw new AgentException($"{installation.BinDirectory} is PostgreSQL {primary.MajorOfData()}; the demo needs 12 or later (the agent itself works with 9.0 and later).", "Install a newer PostgreSQL beside it (Debian: apt-get install postgresql).");
        SetUp(primary); // before its first start: a mirror refuses to begin where the primary's max_connections was larger
        await primary.StartAsync(cancellationToken);
        await SampleDatabase.LoadAsync(primary, cancellationToken, size, password);
        await primary.StopAsync(cancellationToken: cancellationToken);

        var standby = await primary.CopyAsync(folder.Server("server3"), LoopbackPorts.Next(), cancellationToken);
        var mirror = await primary.CopyAsync(folder.Server("des10"), LoopbackPorts.Next(), cancellationToken);
        SetUp(standby);
        SetUp(mirror);
        Follow(standby, primary, "server3", hotStandby: false, folder.PassFile);
        Follow(mirror, primary, "des10", hotStandby: true, folder.PassFile);

        var servers = new DemoServers(primary, standby, mirror);
        await primary.StartAsync(cancellationToken);
        await Task.WhenAll(standby.StartAsync(cancellationToken), mirror.StartAsync(cancellationToken));
        return servers;
    }

    /// <summary>The file that promotes a server, up to version 15.</summary>
    public static string TriggerFile(ScratchServer server) => Path.Combine(server.Folder, "failover_trigger");

    /// <summary>The guide's settings and accesses: peer by the socket, passwords over TCP.</summary>
    private static void SetUp(ScratchServer server)
    {
        server.Set(
        [
            .. OwnSettings.Select(setting => (setting.Key, setting.Value)),
            ("max_wal_senders", "3"), ("wal_keep_size", "1GB"), ("timezone", "UTC"),
            ("search_path", "constants,telemetry,alarms,users,exposure,bss,obstac,\"$user\",public"),
            ("logging_collector", "on"), ("log_directory", "pg_log"), ("log_filename", "postgresql-%Y-%m.log"), ("log_truncate_on_rotation", "on"), ("log_rotation_age", "43200"),
        ]);
        File.WriteAllText(Path.Combine(server.DataDirectory, "pg_ident.conf"), $"demo {Environment.UserName} postgres\n");
        File.WriteAllText(Path.Combine(server.DataDirectory, "pg_hba.conf"), """
            # the agent and the operator on the host itself
            local   all         all                         peer map=demo
            # All SISPI machines in subnet 139.229.14 (addresses < 128)
            host    all         all       139.229.14.0/25   md5
            host    all         all       127.0.0.1/32      md5
            # Replication for the standby and for the mirror at FNAL
            host    replication dbadmin   127.0.0.1/32      md5

            """);
    }

    private static void Follow(ScratchServer server, ScratchServer primary, string name, bool hotStandby, string passFile)
    {
        server.Follow(primary, hotStandby, name);
        server.Set(("primary_conninfo", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={primary.Port} user=dbadmin passfile={passFile} application_name={name}")));
        if (server.MajorOfData() < 16)
            server.Set(("promote_trigger_file", TriggerFile(server)));
    }
}
