using System.Globalization;
using System.Text.RegularExpressions;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>The client programs that a run uses.</summary>
/// <param name="Installation">Where they are.</param>
/// <param name="Version">As pg_dump says it.</param>
/// <param name="Major">Its major version; 9 for all of 9.x.</param>
internal sealed partial record DumpTools(PostgresInstallation Installation, string Version, int Major)
{
    /// <summary>The oldest server that pg_dump 15 and newer dump (release notes of 15).</summary>
    private const int OldestFor15 = 90200;

    private static readonly string[] Programs = ["pg_dump", "pg_dumpall", "pg_restore"];

    /// <summary>Chooses them: the server's own major version, else the next newer one. pg_dump refuses servers newer than itself.</summary>
    /// <exception cref="AgentException">None fits.</exception>
    public static async Task<DumpTools> FindAsync(string binDirectory, int serverVersion, CancellationToken cancellationToken)
    {
        var serverMajor = serverVersion / 10000;
        IEnumerable<PostgresInstallation> candidates = binDirectory.Length > 0 ? [new(binDirectory, 0)] : PostgresInstallation.FindAll();
        List<DumpTools> found = [];
        foreach (var candidate in candidates.Where(candidate => Programs.All(candidate.Has)))
        {
            var said = (await ToolRunner.RunToSuccessAsync(new ToolCommand(candidate.Program("pg_dump"), ["--version"]), cancellationToken)).Output;
            if (VersionNumber().Match(said) is { Success: true } match)
                found.Add(new(candidate, match.Value, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        }

        return found.Where(tools => tools.Major >= serverMajor && (tools.Major < 15 || serverVersion >= OldestFor15)).MinBy(tools => tools.Major)
            ?? throw new AgentException(
                $"No pg_dump here is of version {serverMajor} or newer, as the server is{(serverVersion < OldestFor15 ? ", and 14 or older" : "")}{(found.Count > 0 ? $"; there is {string.Join(", ", found.Select(tools => tools.Version).Distinct())}" : "")}.",
                $"Install the client programs of PostgreSQL {serverMajor}, or name their folder in Postgres:BinDirectory.");
    }

    /// <summary>Whether several pg_dump can share a snapshot of a server: exported from 9.2, taken by pg_dump from 9.5 on (release notes).</summary>
    public bool CanShareSnapshot(int serverVersion) => serverVersion >= 90200 && IsAtLeast(9, 5);

    /// <summary>Whether pg_dump can be told to fail when a name is not there (release notes of 9.6).</summary>
    public bool HasStrictNames => IsAtLeast(9, 6);

    private bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Version.Split('.') is [_, var own, ..] && int.Parse(own, CultureInfo.InvariantCulture) >= minor);

    /// <summary>The lowest pg_restore that reads what this pg_dump writes (the archive's format: 1.14 from 12, 1.15 from 16, 1.16 from 17).</summary>
    public string LowestPgRestore => Major switch { >= 17 => "17", 16 => "16", >= 12 => "12", _ => Version };

    [GeneratedRegex(@"(\d+)(\.\d+)*")]
    private static partial Regex VersionNumber();
}
