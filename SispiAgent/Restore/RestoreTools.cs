using System.Globalization;
using System.Text.RegularExpressions;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>The client programs that restore.</summary>
internal static partial class RestoreTools
{
    private static readonly string[] Programs = ["pg_restore", "pg_dump", "psql", "createdb", "vacuumdb"];

    /// <summary>Chooses them: of the target's major version if they read the set's dumps, else the next newer ones that do.</summary>
    /// <param name="binDirectory"><c>Postgres:BinDirectory</c>.</param>
    /// <param name="lowest">The set's lowest pg_restore.</param>
    /// <param name="targetVersion">The target's version number.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">None fits.</exception>
    public static async Task<PostgresInstallation> FindAsync(string binDirectory, string lowest, int targetVersion, CancellationToken cancellationToken)
    {
        var needed = Math.Max(Major(lowest), targetVersion / 10000);
        List<PostgresInstallation> found = [];
        foreach (var candidate in (binDirectory.Length > 0 ? [new(binDirectory, 0)] : PostgresInstallation.FindAll()).Where(candidate => Programs.All(candidate.Has)))
        {
            var said = await ToolRunner.RunToSuccessAsync(new ToolCommand(candidate.Program("pg_restore"), ["--version"]), cancellationToken);
            found.Add(candidate with { Major = Major(said.Output) });
        }

        return found.Where(tools => tools.Major >= needed).MinBy(tools => tools.Major)
            ?? throw new AgentException(
                string.Create(CultureInfo.InvariantCulture, $"No pg_restore here is of version {needed} or newer{(found.Count > 0 ? $"; there is {string.Join(", ", found.Select(tools => tools.Major).Distinct())}" : "")}."),
                string.Create(CultureInfo.InvariantCulture, $"Install the client programs of PostgreSQL {needed}, or name their folder in Postgres:BinDirectory."));
    }

    /// <summary>The major version in a text; 9 for all of 9.x.</summary>
    public static int Major(string text) => Number().Match(text) is { Success: true } match ? int.Parse(match.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
