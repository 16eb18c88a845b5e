using Npgsql;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>Brings roles and tablespaces back. What is there already is kept as it is, and its differences are said.</summary>
internal static class GlobalsRestore
{
    /// <summary>Makes what is missing.</summary>
    /// <param name="target">The server.</param>
    /// <param name="file">The set's globals.</param>
    /// <param name="noTablespaces">Whether tablespaces are left out.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The differences of what was kept.</returns>
    /// <exception cref="PostgresException">A statement failed: no role was made then.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(RestoreTarget target, string file, bool noTablespaces, CancellationToken cancellationToken)
    {
        var roles = (await target.ReadAsync("postgres", "SELECT quote_ident(rolname) FROM pg_catalog.pg_roles", row => row.GetString(0), cancellationToken)).ToHashSet();
        var tablespaces = (await target.ReadAsync("postgres", "SELECT quote_ident(spcname) FROM pg_catalog.pg_tablespace", row => row.GetString(0), cancellationToken)).ToHashSet();
        var chosen = GlobalStatements.Choose(await File.ReadAllTextAsync(file, cancellationToken), roles, noTablespaces ? null : tablespaces);
        await using var connection = await target.OpenAsync("postgres", cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            foreach (var statement in chosen.Roles)
                await ExecuteAsync(connection, statement, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var statement in chosen.Tablespaces)
            await ExecuteAsync(connection, statement, cancellationToken);
        if (chosen.Kept.Count == 0)
            return [];
        var present = await ToolRunner.RunToSuccessAsync(target.Tool("pg_dumpall", ["--globals-only", "--database=postgres"]), cancellationToken);
        return GlobalStatements.Differences(chosen.Kept, present.Output);
    }

    /// <summary>The set's roles that the server does not have.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(RestoreTarget target, string file, CancellationToken cancellationToken)
    {
        const string Create = "CREATE ROLE ";
        var roles = (await target.ReadAsync("postgres", "SELECT quote_ident(rolname) FROM pg_catalog.pg_roles", row => row.GetString(0), cancellationToken)).ToHashSet();
        return [.. GlobalStatements.Split(await File.ReadAllTextAsync(file, cancellationToken)).Where(statement => statement.StartsWith(Create, StringComparison.Ordinal)).Select(statement => statement[Create.Length..^1]).Where(role => !roles.Contains(role))];
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
