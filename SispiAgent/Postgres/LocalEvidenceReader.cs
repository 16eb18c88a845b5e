using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Postgres;

/// <summary>Looks at this host's own server without SQL: pid file, processes, control file.</summary>
internal sealed class LocalEvidenceReader(LiveOptions<PostgresOptions> options)
{
    /// <summary>Looks.</summary>
    /// <exception cref="UnauthorizedAccessException">The data directory belongs to another user.</exception>
    /// <exception cref="AgentException">The data directory is not there.</exception>
    public async Task<LocalEvidence> ReadAsync(Node node, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(node.DataDirectory))
            throw new AgentException($"{node.DataDirectory}, the data directory of {node.Name}, is not there or is not for {Environment.UserName} to see.", $"Correct Cluster:Nodes:{node.Name}:DataDirectory, or run the agent as the directory's owner.");

        var pidFile = PostmasterPidFile.Read(node.DataDirectory);
        var processes = pidFile is null ? [] : ProcessTable.WithChildren(pidFile.ProcessId);
        var postmaster = processes.Count > 0 && IsPostmaster(processes[0], node.DataDirectory) ? Entry(processes[0]) : null;
        var (control, problem) = await ReadControlAsync(node, cancellationToken);
        return new(pidFile, postmaster, postmaster is null ? [] : [.. processes.Skip(1).Select(row => ServerProcess.From(Entry(row)))], control, problem) { Version = DataDirectoryVersion.Read(node.DataDirectory) };
    }

    private async Task<(ControlFile? Control, string? Problem)> ReadControlAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            var major = (await File.ReadAllTextAsync(Path.Combine(node.DataDirectory, "PG_VERSION"), cancellationToken)).Trim();
            if (Find(major) is not { } tools)
                return (null, $"no pg_controldata of PostgreSQL {major} is installed; set Postgres:BinDirectory");
            var result = await ToolRunner.RunToSuccessAsync(new ToolCommand(tools.Program("pg_controldata"), [node.DataDirectory]) { Timeout = options.Current.CommandTimeout }, cancellationToken);
            return (ControlFile.Parse(result.Output), null);
        }
        catch (Exception e) when (e is IOException or ToolFailedException or AgentException or FormatException)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The control file's format changes with each major version: only the same one can read it.</summary>
    private PostgresInstallation? Find(string major)
    {
        var number = int.Parse(major.Split('.')[0], CultureInfo.InvariantCulture);
        return options.Current.BinDirectory is { Length: > 0 } folder
            ? new PostgresInstallation(folder, number) is { } named && named.Has("pg_controldata") ? named : null
            : PostgresInstallation.FindAll().FirstOrDefault(found => found.Major == number && found.Has("pg_controldata"));
    }

    /// <summary>After a reboot another process may have the id that the file names.</summary>
    private static bool IsPostmaster(ProcessTable.Row row, string dataDirectory)
    {
        if (row.CommandLine.Contains(dataDirectory, StringComparison.Ordinal))
            return true;
        var program = Path.GetFileName(row.CommandLine.Split('\0')[0]);
        return program is "postgres" or "postmaster";
    }

    private static ProcessEntry Entry(ProcessTable.Row row) => new(row.Id, row.Parent, row.State, row.CommandLine);
}
