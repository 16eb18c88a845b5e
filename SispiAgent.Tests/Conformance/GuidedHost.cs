using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.History;
using SispiAgent.Hosting;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

/// <summary>server2 as the guide has it, on a real server of any version, and the probe that compares it.</summary>
internal sealed class GuidedHost : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>The lines of its pg_hba.conf.</summary>
    public static string[] Lines { get; } =
        ["local all all peer map=own", "host all all 139.229.14.0/25 md5", "host replication dbadmin 10.0.0.3/32 md5", "host replication dbadmin 10.0.0.10/32 md5", "host decam_dev dbadmin 10.0.0.10/32 md5"];

    /// <summary>The shipped section.</summary>
    public static ConformanceOptions Guide { get; } = Sections.Loader.Load(Repository.Path("appsettings.json")).Get<ConformanceOptions>();

    public static string Hba(ScratchServer server) => Path.Combine(server.DataDirectory, "pg_hba.conf");

    public static async Task<ScratchServer> StartAsync(PostgresInstallation installation)
    {
        var server = await StoppedAsync(installation);
        await server.StartAsync(default);
        return server;
    }

    public static async Task<ScratchServer> StoppedAsync(PostgresInstallation installation)
    {
        var server = await PostgresServers.StoppedAsync(installation);
        SetUp(server);
        return server;
    }

    public static void SetUp(ScratchServer server)
    {
        server.Set([.. Guide.Settings.Select(setting => SettingRule.ForVersion(setting.Key, setting.Value, server.MajorOfData() * 10000))]);
        File.WriteAllLines(Hba(server), Lines);
        File.WriteAllText(Path.Combine(server.DataDirectory, "pg_ident.conf"), $"own {Environment.UserName} postgres\n");
    }

    public static async Task RestartAsync(ScratchServer server)
    {
        await server.StopAsync();
        await server.StartAsync(default);
    }

    /// <summary>What the last probe has noted.</summary>
    public DriftBook Drift { get; private set; } = null!;

    /// <param name="server">server2's.</param>
    /// <param name="mirror">des10's, which is asked over SQL alone; <see langword="null"/>: it does not answer.</param>
    /// <param name="remoteUser">As whom.</param>
    public SettingsProbe Probe(ScratchServer server, ScratchServer? mirror = null, string remoteUser = "dbadmin")
    {
        var cluster = new ClusterOptions
        {
            TimeZone = "UTC",
            Nodes =
            {
                ["server2"] = new NodeOptions { Kind = NodeKind.Database, Address = "10.0.0.2", Port = server.Port, SocketDirectory = server.SocketDirectory, DataDirectory = server.DataDirectory },
                ["server3"] = new NodeOptions { Kind = NodeKind.Database, Address = "10.0.0.3" },
                ["des10"] = new NodeOptions { Kind = NodeKind.Mirror, Address = mirror is null ? "10.0.0.10" : "127.0.0.1", Port = mirror?.Port ?? 1 },
            },
        };
        var postgres = new PostgresOptions { ConnectTimeout = TimeSpan.FromSeconds(5), RemoteUser = remoteUser };
        var live = new LiveConfiguration(new ConfigurationSnapshot(
            new Dictionary<Type, object> { [typeof(ClusterOptions)] = cluster, [typeof(AgentOptions)] = new AgentOptions { Node = "server2" }, [typeof(PostgresOptions)] = postgres, [typeof(ConformanceOptions)] = Guide }, ""));
        var site = new CurrentSite(live);
        var database = new AgentDatabase(_folder["agent.db"], [StatusBoard.Migration, DriftBook.Migration, DriftBook.KindMigration]);
        var refusals = new Refusals(TimeProvider.System);
        var connector = new ServerConnector(site, new(live), refusals);
        var evidence = new LocalEvidenceReader(new(live));
        Drift = new DriftBook(database);
        return new(site, new SettingsReader(site, connector, evidence), new ServerReader(connector, refusals, evidence, site, new(live), TimeProvider.System), new(live), Drift, new StatusBoard(database), TimeProvider.System);
    }

    public void Dispose() => _folder.Dispose();
}
