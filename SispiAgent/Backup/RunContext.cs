using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>What stays the same during one run.</summary>
/// <param name="Node">This host.</param>
/// <param name="Status">Its server, as it was when the run began.</param>
/// <param name="Tools">The client programs.</param>
/// <param name="Folder">The set's folder until it is complete.</param>
/// <param name="Options">The options when the run began.</param>
/// <param name="Compression">How the dumps are compressed.</param>
/// <param name="Connection">How to connect; the database is filled in.</param>
/// <param name="Progress">Who wants to know where it is.</param>
internal sealed record RunContext(
    Node Node, ServerStatus Status, DumpTools Tools, string Folder, BackupOptions Options, CompressionChoice Compression, NpgsqlConnectionStringBuilder Connection, IProgress<BackupProgress> Progress)
{
    /// <summary>The newest set that is there already: what sizes are estimated by.</summary>
    public BackupSet? Last { get; init; }

    /// <summary>The server's version number.</summary>
    public int Version => Status.Version ?? throw new InvalidOperationException("A server that was not asked has no version.");

    /// <summary>How to connect to a database, under a session name.</summary>
    public NpgsqlConnectionStringBuilder To(string database, string session) => new(Connection.ToString()) { Database = database, ApplicationName = session, Options = "-c statement_timeout=0" }; // a database or role may have a limit

    /// <summary>A client program with its connection in the environment: names may hold anything there, and no password is an argument.</summary>
    public ToolCommand Tool(string program, string database, string session, IReadOnlyList<string> arguments)
    {
        var environment = new Dictionary<string, string?>
        {
            ["PGHOST"] = Connection.Host,
            ["PGPORT"] = Connection.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = Connection.Username,
            ["PGDATABASE"] = database,
            ["PGAPPNAME"] = session,
            ["PGCONNECT_TIMEOUT"] = "30",
            ["PGSERVICE"] = null,
            ["PGOPTIONS"] = null,
            ["PGCLIENTENCODING"] = null,
        };
        if (Connection.Passfile is { Length: > 0 } passFile)
            environment["PGPASSFILE"] = passFile;
        return new ToolCommand(Tools.Installation.Program(program), ["--no-password", .. arguments]) { Environment = environment, Timeout = Options.DumpTimeout, Priority = Options.Priority };
    }

    /// <summary>Makes a file before a tool writes it: nobody else may read it, whatever the umask is.</summary>
    public string Create(string name)
    {
        var path = Path.Combine(Folder, name);
        OwnerOnly.CreateFile(path);
        return path;
    }
}
