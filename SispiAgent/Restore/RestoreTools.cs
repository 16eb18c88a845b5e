using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>The client programs that restore.</summary>
internal static class RestoreTools
{
    private static readonly string[] Programs = ["pg_restore", "pg_dump", "pg_dumpall", "psql", "createdb", "vacuumdb"];

    /// <summary>Chooses them: the oldest that read the set's dumps and fit the server.</summary>
    /// <param name="binDirectory"><c>Postgres:BinDirectory</c>.</param>
    /// <param name="lowest">The set's lowest pg_restore.</param>
    /// <param name="targetVersion">The target's version number.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">None fits.</exception>
    public static async Task<PostgresInstallation> FindAsync(string binDirectory, string lowest, int targetVersion, CancellationToken cancellationToken)
    {
        List<(PostgresInstallation Tools, int Version)> found = [];
        foreach (var candidate in (binDirectory.Length > 0 ? [new(binDirectory, 0)] : PostgresInstallation.FindAll()).Where(candidate => Programs.All(candidate.Has)))
        {
            var version = ClientVersions.Parse((await ToolRunner.RunToSuccessAsync(new ToolCommand(candidate.Program("pg_restore"), ["--version"]), cancellationToken)).Output);
            found.Add((candidate with { Major = version / 100 }, version));
        }

        var (needed, server) = (ClientVersions.Parse(lowest), ClientVersions.Major(targetVersion));
        return found.Where(one => ClientVersions.IsFitting(one.Version, needed, server)).OrderBy(one => one.Version).Select(one => one.Tools).FirstOrDefault()
            ?? throw Refusal(needed, server, [.. found.Select(one => one.Version)]);
    }

    /// <summary>Why none fits, and what would.</summary>
    /// <param name="lowest">The set's lowest pg_restore.</param>
    /// <param name="server">The server.</param>
    /// <param name="found">What is here.</param>
    internal static AgentException Refusal(int lowest, int server, IReadOnlyList<int> found)
    {
        var (name, there) = (ClientVersions.Words(server), string.Join(", ", found.Distinct().Order().Select(version => ClientVersions.Words(version))));
        if (ClientVersions.Words(lowest, server) is not { } fitting)
        {
            return new($"No pg_restore can bring this set into a server of PostgreSQL {name}: the set's dumps need {ClientVersions.Words(lowest)} or newer, and that sets {ClientVersions.Refused(lowest, server)}, which this server does not know.",
                $"Restore into a server of PostgreSQL {ClientVersions.Words(ClientVersions.LowestServer(lowest, server))} or newer: --host, --port. On the host that dumps, install the client programs of the server's own version, so that the next set comes back into it.");
        }

        var tooNew = found.Select(program => ClientVersions.Refused(program, server)).FirstOrDefault(setting => setting is not null);
        return new(
            $"No pg_restore here fits this set and a server of PostgreSQL {name}: it takes the client programs of PostgreSQL {fitting}{(there.Length > 0 ? $"; there is {there}" : "")}{(tooNew is null ? "" : $" (newer ones set {tooNew}, which that server does not know)")}.",
            string.Create(CultureInfo.InvariantCulture, $"Install the client programs of PostgreSQL {fitting}, or name their folder in Postgres:BinDirectory."));
    }
}
