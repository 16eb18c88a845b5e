using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>The server that is restored into, and how its programs are called.</summary>
/// <param name="Connection">How to connect; the database is filled in.</param>
/// <param name="Tools">The client programs.</param>
/// <param name="Version">Its version number.</param>
internal sealed record RestoreTarget(NpgsqlConnectionStringBuilder Connection, PostgresInstallation Tools, int Version)
{
    /// <summary>How the sessions of all restores are named; the run's own name follows.</summary>
    public const string SessionPrefix = "sispi-agent restore ";

    /// <summary>The run's own name: its sessions and processes are known by it.</summary>
    public required string Run { get; init; }

    /// <summary>How long one program may run.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The name of the run's sessions; 63 bytes at most.</summary>
    public string Session => SessionPrefix + Run[..16];

    /// <summary>Opens a connection without a limit for its statements; the caller disposes it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Connection.ToString()) { Database = database, ApplicationName = Session, Options = Options(), CommandTimeout = 0, Pooling = false, TcpKeepAlive = true }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs statements that return nothing, each by itself.</summary>
    public async Task ExecuteAsync(string database, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(database, cancellationToken);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Runs statements that return nothing: all of them, or none.</summary>
    public async Task ExecuteTogetherAsync(string database, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(database, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Rows of a query.</summary>
    public async Task<List<T>> ReadAsync<T>(string database, string query, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(database, cancellationToken);
        await using var command = new NpgsqlCommand(query, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<T> found = [];
        while (await rows.ReadAsync(cancellationToken))
            found.Add(read(rows));
        return found;
    }

    /// <summary>A client program with its connection in the environment; no password is an argument.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="buildsAlone">Whether an index is built by the session alone: others at work need the processors that the server's own helpers would take.</param>
    public ToolCommand Tool(string program, IReadOnlyList<string> arguments, bool buildsAlone = false)
    {
        var environment = new Dictionary<string, string?>
        {
            ["PGHOST"] = Connection.Host, ["PGPORT"] = Connection.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = Connection.Username, ["PGAPPNAME"] = Session, ["PGCONNECT_TIMEOUT"] = "30",
            ["PGSERVICE"] = null, ["PGDATABASE"] = null, ["PGCLIENTENCODING"] = null, ["PGOPTIONS"] = Options() + (buildsAlone && Version >= 110000 ? " -c max_parallel_maintenance_workers=0" : ""), [Lifeline.Mark] = Run,
        };
        if (Connection.Passfile is { Length: > 0 } passFile)
            environment["PGPASSFILE"] = passFile;
        if (program == "bash") // a pipe of PostgreSQL's programs: they are found by the PATH
            environment["PATH"] = $"{Tools.BinDirectory}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        return new ToolCommand(program == "bash" ? program : Tools.Program(program), program == "bash" ? arguments : ["--no-password", .. arguments]) { Environment = environment, Timeout = Timeout };
    }

    /// <summary>Read only and limits, which a role or database may have set, and which would end a session in the middle.</summary>
    private string Options() => string.Join(' ', new (int Since, string Name)[]
    {
        (0, "statement_timeout"), (90300, "lock_timeout"), (90600, "idle_in_transaction_session_timeout"), (140000, "idle_session_timeout"), (170000, "transaction_timeout"),
    }.Where(limit => Version >= limit.Since).Select(limit => $"-c {limit.Name}=0").Prepend("-c default_transaction_read_only=off"));

    /// <summary>A database's name as the programs' <c>-d</c> takes it.</summary>
    public static string Name(string database) => RestorePlan.Connection(database);
}
