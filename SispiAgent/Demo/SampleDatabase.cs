using System.Globalization;
using System.Reflection;
using Npgsql;
using SispiAgent.Postgres;

namespace SispiAgent.Demo;

/// <summary>
/// A small realistic SISPI database: decam_prd with every schema of the search_path, decam_dev, desbrdev (Quick Reduce) and decamcrl
/// (the logbook), with what makes restoring hard: large objects, sequences, names that need quotes, constraints across schemas. The
/// same rows at each load.
/// </summary>
internal static class SampleDatabase
{
    /// <summary>The databases, as the guide names them.</summary>
    public static IReadOnlyList<string> Databases { get; } = ["decam_prd", "decam_dev", "desbrdev", "decamcrl"];

    /// <summary>Loads everything into an empty running server.</summary>
    /// <param name="server">The server; any version from 9.0 on.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="size">Multiplies the time series; 1 is some 40 MB and loads in seconds.</param>
    /// <param name="password">The password of role dbadmin; <see langword="null"/>: none.</param>
    public static async Task LoadAsync(ScratchServer server, CancellationToken cancellationToken, int size = 1, string? password = null)
    {
        await using (var connection = await server.OpenAsync("postgres", cancellationToken))
        {
            foreach (var statement in Roles(password).Concat(Creations()))
                await ExecuteAsync(connection, statement, cancellationToken);
        }

        await using var production = await server.OpenAsync("decam_prd", cancellationToken);
        string[] scripts = production.PostgreSqlVersion.Major >= 10 ? ["decam_prd", "decam_prd_rows", "newer"] : ["decam_prd", "decam_prd_rows"];
        await Task.WhenAll(RunAsync(production, scripts, size, cancellationToken), LoadSmallOnesAsync(server, size, cancellationToken));
    }

    private static IEnumerable<string> Roles(string? password) =>
    [
        $"CREATE ROLE dbadmin SUPERUSER LOGIN{(password is null ? "" : $" PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'")}",
        "CREATE ROLE sispi", "CREATE ROLE ics LOGIN IN ROLE sispi", "CREATE ROLE observer", "CREATE ROLE webviewer LOGIN IN ROLE observer CONNECTION LIMIT 50",
        "CREATE ROLE quickreduce LOGIN", "CREATE ROLE ecl LOGIN", "ALTER ROLE webviewer SET statement_timeout = '1min'",
    ];

    private static IEnumerable<string> Creations() =>
    [
        "CREATE DATABASE decam_prd OWNER sispi", "CREATE DATABASE decam_dev OWNER sispi", "CREATE DATABASE desbrdev OWNER quickreduce", "CREATE DATABASE decamcrl OWNER ecl",
        "ALTER DATABASE decam_prd SET search_path = constants, telemetry, alarms, users, exposure, bss, obstac, \"$user\", public",
        "COMMENT ON DATABASE decamcrl IS 'Electronic logbook'",
    ];

    private static async Task LoadSmallOnesAsync(ScratchServer server, int size, CancellationToken cancellationToken)
    {
        foreach (var database in Databases.Where(name => name != "decam_prd"))
        {
            await using var connection = await server.OpenAsync(database, cancellationToken);
            if (database == "decamcrl")
                await ExecuteAsync(connection, "GRANT CREATE ON SCHEMA public TO ecl", cancellationToken);
            await RunAsync(connection, [database], size, cancellationToken);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<string> scripts, int size, CancellationToken cancellationToken)
    {
        foreach (var script in scripts)
            await ExecuteAsync(connection, Script(script).Replace(":size", size.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Script(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"SispiAgent.Demo.Sample.{name}.sql")
            ?? throw new InvalidOperationException($"The script {name}.sql is not in this program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
