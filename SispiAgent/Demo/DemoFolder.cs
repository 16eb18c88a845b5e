using System.Globalization;
using SispiAgent.Platform;

namespace SispiAgent.Demo;

/// <summary>The folder of one demo, and where everything in it is.</summary>
/// <param name="Root">The folder itself.</param>
internal sealed record DemoFolder(string Root)
{
    /// <summary>A unix socket's path has to fit into 107 bytes (unix(7)).</summary>
    private const int LongestSocketPath = 107;

    /// <summary>The processes that were started, one a line; its presence marks a folder as a demo's.</summary>
    public string Ledger => Path.Combine(Root, "processes");

    /// <summary>The libpq password file, 0600.</summary>
    public string PassFile => Path.Combine(Root, "pgpass");

    /// <summary>Where the mail sink keeps the mails.</summary>
    public string Mails => Path.Combine(Root, "mail");

    /// <summary>The folder of one host.</summary>
    public string Host(string node) => Path.Combine(Root, node);

    /// <summary>The folder of a host's server; also that of its socket.</summary>
    public string Server(string node) => Path.Combine(Root, node, "pg");

    /// <summary>A host's configuration file.</summary>
    public string Configuration(string node) => Path.Combine(Root, node, "appsettings.json");

    /// <summary>The agent's state directory of a host.</summary>
    public string State(string node) => Path.Combine(Root, node, "state");

    /// <summary>The backup directory of a host.</summary>
    public string Backups(string node) => Path.Combine(Root, node, "db_backup");

    /// <summary>A host's <c>sispi-agent</c>: this program with that host's configuration.</summary>
    public string Program(string node) => Path.Combine(Root, node, "sispi-agent");

    /// <summary>What a host's agent prints.</summary>
    public string Output(string node) => Path.Combine(Root, node, "agent.out");

    /// <summary>Makes a new folder in the temporary directory, for its owner only.</summary>
    /// <exception cref="AgentException">The temporary directory's path is too long for unix sockets.</exception>
    public static DemoFolder Create()
    {
        var folder = new DemoFolder(Directory.CreateTempSubdirectory("sispi-demo-").FullName);
        File.WriteAllText(folder.Ledger, "");
        if (Path.Combine(folder.Server("server2"), ".s.PGSQL.65535.lock").Length <= LongestSocketPath)
            return folder;
        Directory.Delete(folder.Root, recursive: true);
        throw new AgentException($"{Path.GetTempPath()} is too long a path for PostgreSQL's unix sockets.", "Set TMPDIR to something short: TMPDIR=/tmp sispi-agent demo");
    }

    /// <summary>Notes a process, so that it can be ended even by another run of this program.</summary>
    public void Note(RunningProcess process) => File.AppendAllText(Ledger, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTicks}\n"));

    /// <summary>Every process that was noted.</summary>
    public IReadOnlyList<RunningProcess> ReadLedger() => [.. File.ReadAllLines(Ledger).Select(line => line.Split(' ')).Where(parts => parts.Length == 2)
        .Select(parts => new RunningProcess(int.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture)))];
}
