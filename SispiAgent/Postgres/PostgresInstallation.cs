using System.Globalization;
using SispiAgent.Platform;

namespace SispiAgent.Postgres;

/// <summary>A folder of PostgreSQL's own programs.</summary>
/// <param name="BinDirectory">The folder.</param>
/// <param name="Major">The major version: 9 for all of 9.x, else 10 and up; 0 when the folder's name does not tell.</param>
internal sealed record PostgresInstallation(string BinDirectory, int Major)
{
    /// <summary>The path of one program.</summary>
    public string Program(string name) => Path.Combine(BinDirectory, ExecutableFile.Name(name));

    /// <summary>Whether a program is there.</summary>
    public bool Has(string name) => File.Exists(Program(name));

    /// <summary>Every installation in the usual places, newest first: Debian's, the PGDG RPMs', Windows' and the PATH's.</summary>
    public static IReadOnlyList<PostgresInstallation> FindAll() =>
        [.. Candidates().Where(found => found.Has("pg_dump") || found.Has("postgres")).OrderByDescending(found => found.Major)];

    /// <summary>The newest installation that has the given programs.</summary>
    /// <exception cref="AgentException">There is none.</exception>
    public static PostgresInstallation Newest(params string[] programs) =>
        FindAll().FirstOrDefault(found => programs.All(found.Has))
        ?? throw new AgentException($"No PostgreSQL installation has {string.Join(", ", programs)}.", "Install PostgreSQL (Debian: postgresql), or set Postgres:BinDirectory.");

    private static IEnumerable<PostgresInstallation> Candidates()
    {
        foreach (var (parent, prefix) in new[] { ("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), (WindowsParent(), "") })
        {
            if (!Directory.Exists(parent))
                continue;
            foreach (var folder in Directory.EnumerateDirectories(parent, prefix + "*"))
            {
                var version = Path.GetFileName(folder)[prefix.Length..].Split('.')[0];
                if (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major))
                    yield return new(Path.Combine(folder, "bin"), major);
            }
        }

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return new(folder, 0);
    }

    private static string WindowsParent() => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL");
}
