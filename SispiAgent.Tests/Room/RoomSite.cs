using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>The probes of room of one host's agent over a real server.</summary>
internal sealed class RoomSite : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CurrentSite _site;
    private readonly LiveConfiguration _live;
    private readonly AgentDatabase _database;

    public RoomSite(ScratchServer server, string backupDirectory = "")
    {
        var cluster = new ClusterOptions
        {
            TimeZone = "UTC",
            Nodes = { ["server2"] = new NodeOptions { Kind = NodeKind.Database, Address = "127.0.0.1", Port = server.Port, SocketDirectory = server.SocketDirectory, DataDirectory = server.DataDirectory, BackupDirectory = backupDirectory } },
        };
        _live = Live.Configuration(cluster, new AgentOptions { Node = "server2" }, Postgres, Options);
        _site = new(_live);
        _database = new(_folder["agent.db"], [StatusBoard.Migration, Measurements.Migration, LogBook.Migration]);
        Board = new(_database);
        Measurements = new(_database, TimeProvider.System);
        Book = new(_database);
        var own = new OwnServer(_site, new ServerConnector(_site, new(_live), new(TimeProvider.System)), new LocalEvidenceReader(new(_live)));
        Connections = new(_site, own, new(_live), Board, Measurements, TimeProvider.System);
        Ages = new(_site, own, new(_live), Board, TimeProvider.System);
        Keys = new(_site, own, new(_live), Board, TimeProvider.System);
        Holders = new(_site, own, new(_live), Board, TimeProvider.System);
        Start = new(_site, own, new(_live), Board, Measurements, TimeProvider.System);
        Exclusive = new(_site, own, new(_live), Board, TimeProvider.System);
        Log = new(_site, own, Book, new(_live), Board, TimeProvider.System);
        LogWriting = new(_site, own, Book, new(_live), Board, TimeProvider.System);
        Space = new(_site, new(_site, new(_live), Measurements, TimeProvider.System), new(_live), Board, Measurements, TimeProvider.System);
    }

    public RoomOptions Options { get; } = new();

    public PostgresOptions Postgres { get; } = new();

    public StatusBoard Board { get; }

    public Measurements Measurements { get; }

    public LogBook Book { get; }

    public ConnectionsProbe Connections { get; }

    public AgeProbe Ages { get; }

    public KeysProbe Keys { get; }

    public HolderProbe Holders { get; }

    public StartProbe Start { get; }

    public ExclusiveBackupProbe Exclusive { get; }

    public LogProbe Log { get; }

    public LogWritingProbe LogWriting { get; }

    public SpaceProbe Space { get; }

    public IReadOnlyList<IProbe> OverSql => [Connections, Ages, Keys, Holders, Start, Exclusive, Log, LogWriting];

    public void Dispose() => _folder.Dispose();
}
