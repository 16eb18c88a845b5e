using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What a role that is no superuser may not read.</summary>
internal static class RoleRights
{
    private const int MostNamed = 20;

    /// <summary>The refusal, with the tables that the role may not read.</summary>
    public static async Task<AgentException> RefusalAsync(RunContext run, IReadOnlyList<ListedDatabase> databases, CancellationToken cancellationToken)
    {
        List<string> closed = [];
        foreach (var database in databases)
        {
            try
            {
                await using var connection = new NpgsqlConnection(run.To(database.Name, SessionName.New()).ToString());
                await connection.OpenAsync(cancellationToken);
                closed.AddRange((await CatalogReader.ReadAsync(connection, """
                    SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.relkind::text IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                      AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')) ORDER BY 1, 2
                    """, row => SqlName.Show(row.GetString(0), row.GetString(1)), cancellationToken)).Select(table => $"{SqlName.Show(database.Name)}: {table}"));
            }
            catch (PostgresException e)
            {
                closed.Add($"{SqlName.Show(database.Name)}: all of it ({e.SqlState})");
            }
        }

        var tables = closed.Count == 0 ? "" : $" It may not read: {string.Join(", ", closed.Take(MostNamed))}{(closed.Count > MostNamed ? $" and {closed.Count - MostNamed} more" : "")}.";
        return new AgentException($"Role {run.Connection.Username} is no superuser: it may not read the roles' passwords, and may miss rows.{tables}", "Set Postgres:LocalUser to a superuser; on its own host that is postgres, by the unix socket.");
    }
}
