using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SispiAgent.Platform;

/// <summary>
/// <c>agent.db</c>: one SQLite file that the service and the verbs may open at the same time. Each folder owns its tables; their
/// definitions come as one ordered list, and <c>user_version</c> counts how many of them the file has.
/// </summary>
internal sealed class AgentDatabase(string path, IReadOnlyList<string> migrations)
{
    // https://www.sqlite.org/rescode.html
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    private const string Version = "PRAGMA user_version";

    private readonly string _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 10, Pooling = false }.ToString();
    private readonly Lock _migrating = new();
    private bool _ready;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Opens a connection, creating or migrating the file first. The caller disposes it.</summary>
    /// <exception cref="AgentException">The file was written by a newer agent, is damaged, or is not this user's.</exception>
    public SqliteConnection Open()
    {
        lock (_migrating)
        {
            if (!_ready)
                Prepare();
            _ready = true;
        }

        return Connect();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.Execute("PRAGMA synchronous=FULL");
        connection.Execute("PRAGMA foreign_keys=ON");
        return connection;
    }

    private void Prepare()
    {
        try
        {
            Migrate();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SqliteException { SqliteErrorCode: ReadOnly or CannotOpen })
        {
            throw new AgentException($"{Path} can't be opened by {Environment.UserName}: {e.Message}", "Run it as the agent's user; Agent:StateDirectory has to be that user's.", e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw Damaged(e.Message, e);
        }
    }

    private AgentException Damaged(string what, Exception? cause = null) =>
        new($"{Path} is damaged: {what}", "Stop the agent and move the file and those beside it (-wal, -shm) aside: alerts and waiting mails start anew. Keep it: sqlite3's .recover may save what waited.", cause);

    private void Migrate()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var connection = Connect();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        connection.Execute("PRAGMA journal_mode=WAL");
        if (connection.Scalar<string>("PRAGMA quick_check(1)") is var check && check != "ok")
            throw Damaged(check);

        var version = connection.Scalar<long>(Version);
        if (version > migrations.Count)
            throw new AgentException($"{Path} was written by a newer agent (version {version}; this one knows {migrations.Count}).", "Install that agent again, or move the file aside: alerts and history start anew.");
        if (version > 0 && version < migrations.Count)
            connection.Execute("VACUUM INTO $copy", ("$copy", $"{Path}.before-{migrations.Count}-{Guid.NewGuid():N}"));

        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var migration in migrations.Skip((int)connection.Scalar<long>(Version)))
            connection.Execute(migration);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={migrations.Count}"));
        transaction.Commit();
    }
}
