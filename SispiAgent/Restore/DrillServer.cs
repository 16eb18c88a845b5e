using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>The drill's throwaway server: of the set's major version, reached by its socket only, in nobody's way.</summary>
internal sealed class DrillServer : IAsyncDisposable
{
    private static readonly (string Key, string Value)[] Settings =
    [
        ("listen_addresses", ""), ("unix_socket_permissions", "0700"), ("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off"), ("wal_level", "minimal"), ("max_wal_senders", "0"),
        ("autovacuum", "off"), ("maintenance_work_mem", "128MB"), ("shared_buffers", "128MB"), ("max_locks_per_transaction", "1024"), ("max_connections", "50"),
    ];

    private readonly ScratchServer _server;

    private DrillServer(ScratchServer server, RestoreTarget target) => (_server, Target) = (server, target);

    /// <summary>How it is restored into.</summary>
    public RestoreTarget Target { get; }

    /// <summary>Whether it still runs: if it has died, it is not the set's fault.</summary>
    public bool IsRunning => _server.PostmasterId() is { } id && Platform.ProcessSignal.IsRunning(id);

    /// <summary>The end of its log.</summary>
    public string LogTail => File.Exists(_server.LogFile) ? string.Join(" / ", File.ReadLines(_server.LogFile).TakeLast(3)) : "it wrote no log";

    /// <summary>Makes and starts it.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="set">The set that is to be restored.</param>
    /// <param name="options">The options in force.</param>
    /// <param name="binDirectory"><c>Postgres:BinDirectory</c>.</param>
    /// <param name="run">The mark of the run's processes.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CannotDrillException">This host can't.</exception>
    public static async Task<DrillServer> StartAsync(string folder, BackupSet set, RestoreOptions options, string binDirectory, string run, CancellationToken cancellationToken)
    {
        var manifest = set.Manifest;
        try
        {
            var installation = await FindAsync(binDirectory, manifest.ServerVersionNumber, cancellationToken)
                ?? throw new CannotDrillException($"no server of PostgreSQL {manifest.ServerVersion[..(manifest.ServerVersion.LastIndexOf('.') is var dot and > 0 ? dot : manifest.ServerVersion.Length)]} is installed on this host");
            var tools = await RestoreTools.FindAsync(binDirectory, manifest.LowestPgRestore, manifest.ServerVersionNumber, cancellationToken);
            var server = await ScratchServer.CreateAsync(installation, folder, 5432, cancellationToken);
            try
            {
                server.Set(Settings);
                await server.StartAsync(cancellationToken);
                return new(server, new RestoreTarget(new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")), tools, manifest.ServerVersionNumber) { Run = run, Timeout = options.StepTimeout });
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is AgentException or ToolFailedException)
        {
            throw new CannotDrillException(e.Message);
        }
    }

    /// <summary>Whether the disk has room.</summary>
    /// <exception cref="CannotDrillException">It has not.</exception>
    public static void CheckSpace(string folder, SetManifest manifest)
    {
        const long Reserve = 512L << 20;
        var need = Reserve + (long)(manifest.Databases.Sum(database => database.Bytes) * 1.2);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < need)
            throw new CannotDrillException($"{folder} has {ByteSize.Words(free)} free, and the databases of the set need {ByteSize.Words(need)}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<PostgresInstallation?> FindAsync(string binDirectory, int version, CancellationToken cancellationToken)
    {
        foreach (var candidate in binDirectory.Length > 0 ? [new(binDirectory, 0)] : PostgresInstallation.FindAll())
        {
            if (!candidate.Has("postgres") || !candidate.Has("initdb") || !candidate.Has("pg_ctl"))
                continue;
            var said = await ToolRunner.RunToSuccessAsync(new ToolCommand(candidate.Program("postgres"), ["--version"]), cancellationToken);
            // "postgres (PostgreSQL) 15.8", "9.6.24"
            var words = said.Output.Split(' ', '\n').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0]))?.Split('.') ?? [];
            if (words is [var major, ..] && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && (number >= 10 ? number == version / 10000 : words.Length > 1 && words[1] == (version / 100 % 100).ToString(CultureInfo.InvariantCulture) && version / 10000 == 9))
                return candidate;
        }

        return null;
    }
}
