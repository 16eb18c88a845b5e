using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.History;
using SispiAgent.Liveness;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Support;

/// <summary>The probes of one host's agent over real servers. Its peers have no sshd: they give no answer.</summary>
internal sealed class Watch : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ClusterOptions _cluster = new() { TimeZone = "UTC" };
    private readonly LiveConfiguration _live;

    public Watch(string self, TimeProvider? clock = null)
    {
        var time = clock ?? TimeProvider.System;
        _live = new(new ConfigurationSnapshot(
            new Dictionary<Type, object>
            {
                [typeof(ClusterOptions)] = _cluster, [typeof(AgentOptions)] = new AgentOptions { Node = self }, [typeof(PostgresOptions)] = Postgres,
                [typeof(LivenessOptions)] = new LivenessOptions(), [typeof(ReplicationOptions)] = Replication, [typeof(PeersOptions)] = new PeersOptions(),
            },
            ""));
        Site = new(_live);
        var refusals = new Refusals(time);
        Connector = new(Site, new(_live), refusals);
        Reader = new(Connector, refusals, new(new(_live)), Site, new(_live), time);
        var database = new AgentDatabase(_folder["agent.db"], [StatusBoard.Migration, Measurements.Migration]);
        Board = new(database);
        Positions = new(new(database, time));
        var (own, fed, connections) = (new OwnServer(Site, Reader), new FedNodesReader(Site, Connector), new Connections(new(database, time)));
        Peers = new(new PeerShell(new PeerKeys(new AgentPaths(_folder.Folder)), new(_live)), new(_live), time);
        Observed = new();
        Liveness = new(Site, Reader, refusals, Observed, Peers, Board, new(database, time), new(_live));
        var roles = new RolesReader(Site, Reader, new(Connector), refusals, fed, Peers, time);
        var descents = new DescentLook(roles);
        Senders = new(Site, own, fed, Peers, roles, descents, connections, Board, new(_live), new(_live), time);
        var settings = new RecoverySettingsReader(Connector);
        var upstream = new UpstreamLook(Site, settings);
        Receiver = new(Site, own, Peers, upstream, descents, roles, Positions, connections, Board, time);
        Runways = new(Site, Connector, Peers, Observed, Positions, new(_live), time);
        Runway = new(Site, own, fed, Runways, Board, new(_live), time);
        Roles = new(Site, roles, Peers, Board, new(_live), time);
        Descent = new(Site, own, roles, descents, new(Connector), new(_live));
        Conflicts = new(Site, own, Connector, new(new(database, time)), Board, time);
        Recovery = new(Site, own, settings, roles, upstream, Peers, new(_live), _ => null, Board, time);
        Own = own;
        Fed = fed;
    }

    public PostgresOptions Postgres { get; } = new();

    public ReplicationOptions Replication { get; } = new();

    public CurrentSite Site { get; }

    public ServerConnector Connector { get; }

    public ServerReader Reader { get; }

    public StatusBoard Board { get; }

    public PeerBook Peers { get; }

    public ObservedServers Observed { get; }

    public LivenessProbe Liveness { get; }

    public SenderProbe Senders { get; }

    public ReceiverProbe Receiver { get; }

    public RunwayProbe Runway { get; }

    public RolesProbe Roles { get; }

    public DescentProbe Descent { get; }

    public RecoveryProbe Recovery { get; }

    public ConflictProbe Conflicts { get; }

    public RunwayReader Runways { get; }

    public Positions Positions { get; }

    public OwnServer Own { get; }

    public FedNodesReader Fed { get; }

    public Watch With(string node, NodeKind kind, ScratchServer server) => With(node, kind, server.Port, server.DataDirectory, server.SocketDirectory);

    public Watch With(string node, NodeKind kind, int port = 1, string dataDirectory = "", string socketDirectory = "", string address = "127.0.0.1")
    {
        _cluster.Nodes[node] = new NodeOptions { Kind = kind, Address = address, Port = port, DataDirectory = dataDirectory, SocketDirectory = socketDirectory };
        return this;
    }

    public Observation Seen(string node, string topic) => Board.ReadAll().Single(row => row.Subject == node && row.Topic == topic);

    public void Dispose() => _folder.Dispose();
}
