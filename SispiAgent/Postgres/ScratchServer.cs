using System.Globalization;
using Npgsql;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Postgres;

/// <summary>
/// A throwaway PostgreSQL server in a folder of its own, for the drill, the demo and the tests: trust authentication, no fsync,
/// gone when disposed. PostgreSQL refuses to run as root, so the caller is an ordinary user.
/// </summary>
internal sealed partial class ScratchServer : IAsyncDisposable
{
    private ScratchServer(PostgresInstallation installation, string folder, int port)
    {
        Installation = installation;
        Folder = folder;
        Port = port;
    }

    /// <summary>The programs it runs with.</summary>
    public PostgresInstallation Installation { get; }

    /// <summary>The folder that holds everything of it.</summary>
    public string Folder { get; }

    /// <summary>Its TCP port on 127.0.0.1, also the socket's number.</summary>
    public int Port { get; }

    /// <summary>Its <c>PGDATA</c>.</summary>
    public string DataDirectory => Path.Combine(Folder, "data");

    /// <summary>The folder of its unix socket. A path longer than about 90 bytes makes the start fail.</summary>
    public string SocketDirectory => Folder;

    /// <summary>Its server log.</summary>
    public string LogFile => Path.Combine(Folder, "server.log");

    /// <summary>Makes an empty cluster, stopped.</summary>
    /// <param name="installation">Programs with initdb and postgres.</param>
    /// <param name="folder">A folder that does not exist yet.</param>
    /// <param name="port">A free port.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<ScratchServer> CreateAsync(PostgresInstallation installation, string folder, int port, CancellationToken cancellationToken)
    {
        var server = new ScratchServer(installation, folder, port);
        Directory.CreateDirectory(folder);
        await ToolRunner.RunToSuccessAsync(
            new ToolCommand(installation.Program("initdb"), ["-D", server.DataDirectory, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]), cancellationToken);
        server.Configure();
        return server;
    }

    /// <summary>Copies this server, which must be stopped, into another folder: as a second server, or as its standby.</summary>
    public async Task<ScratchServer> CopyAsync(string folder, int port, CancellationToken cancellationToken)
    {
        var copy = new ScratchServer(Installation, folder, port);
        Directory.CreateDirectory(folder);
        await ToolRunner.RunToSuccessAsync(new ToolCommand("cp", ["-a", DataDirectory, copy.DataDirectory]), cancellationToken);
        copy.Configure();
        return copy;
    }

    /// <summary>Adds settings to the configuration; the last value of a key wins. Takes effect at the next start.</summary>
    public void Set(params (string Key, string Value)[] settings) => File.AppendAllLines(
        Path.Combine(DataDirectory, "postgresql.conf"), settings.Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''", StringComparison.Ordinal)}'"));

    /// <summary>Starts it and waits until the postmaster says that it is up (a standby without hot standby never accepts connections).</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await AwaitCollectionAsync(cancellationToken);
        // pg_ctl's grandchild keeps its pipes: the output is thrown away, the server writes to its own log
        var start = new ToolCommand(Installation.Program("pg_ctl"), ["start", "-w", "-t", "60", "-s", "-D", DataDirectory, "-l", LogFile])
        {
            DiscardsOutput = true,
            Timeout = TimeSpan.FromSeconds(90),
            Environment = new Dictionary<string, string?> { ["PGHOST"] = SocketDirectory, ["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture) },
        };
        if ((await ToolRunner.RunAsync(start, cancellationToken)).ExitCode == 0)
            return;

        var log = File.Exists(LogFile) ? string.Join(" / ", File.ReadLines(LogFile).TakeLast(5)) : "it wrote no log";
        throw new AgentException($"The server in {DataDirectory} did not start: {log}", $"Read {LogFile}; as root it never starts.");
    }

    /// <summary>Stops it: <c>fast</c>, or <c>immediate</c> to play a crash without its postmaster.</summary>
    public async Task StopAsync(string mode = "fast", CancellationToken cancellationToken = default)
    {
        if (PostmasterId() is null)
            return;
        await ToolRunner.RunAsync(new ToolCommand(Installation.Program("pg_ctl"), ["stop", "-s", "-w", "-m", mode, "-D", DataDirectory]), cancellationToken);
    }

    /// <summary>Opens a connection; the caller disposes it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Runs statements that return nothing.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres", CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(database, cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The connection string of a superuser over the unix socket, unpooled.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = SocketDirectory,
        Port = Port,
        Username = "postgres",
        Database = database,
        Pooling = false,
        Timeout = 10,
        ["Server Compatibility Mode"] = "NoTypeLoading",
    }.ToString();

    /// <summary>Ends the server, whatever state it is in, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (PostmasterId() is { } id && ProcessSignal.IsRunning(id))
        {
            ProcessSignal.Send(id, ProcessSignal.Continue);
            await StopAsync("immediate");
        }

        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
