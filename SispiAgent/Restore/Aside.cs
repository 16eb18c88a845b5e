using System.Text;
using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>
/// Where living tables and schemas go that a restore replaces: nothing is dropped. A schema is renamed to <c>NAME_before_TIME</c>; a table moves into such a schema of its
/// own schema's name, and takes its indexes, sequences and partitions with it, all under their own names.
/// </summary>
/// <param name="target">The server.</param>
/// <param name="database">The living database.</param>
/// <param name="time">The time in the names, as sets have it.</param>
internal sealed class Aside(RestoreTarget target, string database, string time)
{
    private const int LongestName = 63;
    private const string Kinds = "('r', 'p', 'f')";
    private string Suffix => $"_before_{time}";

    /// <summary>The time in the names.</summary>
    public string Time => time;

    /// <summary>The schemas that were made or renamed, with the names that they had.</summary>
    public async Task<IReadOnlyList<(string Schema, string Original)>> SchemasAsync(CancellationToken cancellationToken) =>
        [.. (await target.ReadAsync(database, "SELECT nspname::text FROM pg_catalog.pg_namespace", row => row.GetString(0), cancellationToken)).Where(schema => schema.EndsWith(Suffix, StringComparison.Ordinal)).Select(schema => (schema, schema[..^Suffix.Length]))];

    /// <summary>Moves what is in the way.</summary>
    /// <param name="schemas">Whole schemas.</param>
    /// <param name="tables">Tables.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">It can't be moved without harm, and nothing was.</exception>
    public async Task MoveAsync(IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, CancellationToken cancellationToken)
    {
        var living = await LivingAsync(tables, cancellationToken);
        if (living.FirstOrDefault(relation => relation.Kind is not ('r' or 'p' or 'f')) is { Name: not null } other)
            throw new AgentException($"Nothing was restored: {SqlName.Show(other.Schema, other.Name)} is no table there.", "Rename it, or bring the table back beside it: --beside");
        await RefuseAsync(schemas, [.. living.Select(relation => (relation.Schema, relation.Name))], cancellationToken);
        string[] there = [.. (await target.ReadAsync(database, "SELECT nspname::text FROM pg_catalog.pg_namespace", row => row.GetString(0), cancellationToken)).Where(schemas.Contains)];
        string[] hosts = [.. living.Select(relation => relation.Schema).Distinct()];
        if (there.Concat(hosts).FirstOrDefault(schema => Encoding.UTF8.GetByteCount(schema + Suffix) > LongestName) is { } tooLong)
            throw new AgentException($"Nothing was restored: schema {SqlName.Show(tooLong)} has too long a name to get \"{Suffix}\" at its end.", "Rename what is there yourself, then restore without --replace.");
        try
        {
            await target.ExecuteTogetherAsync(database,
            [
                .. Patience(),
                .. there.Select(schema => $"ALTER SCHEMA {SqlName.Quote(schema)} RENAME TO {SqlName.Quote(schema + Suffix)}"),
                .. hosts.Select(schema => $"CREATE SCHEMA {SqlName.Quote(schema + Suffix)}"),
                .. living.Select(relation => $"ALTER TABLE {SqlName.Quote(relation.Schema)}.{SqlName.Quote(relation.Name)} SET SCHEMA {SqlName.Quote(relation.Schema + Suffix)}"),
                .. await StatisticsAsync([.. living.Select(relation => (relation.Schema, relation.Name))], schema => schema + Suffix, cancellationToken),
            ], cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new AgentException($"Nothing was restored: what is there is in use, and could not be moved within {PatienceSeconds} s.", $"Who: SELECT pid, usename, application_name, query FROM pg_stat_activity WHERE datname = {SqlName.Literal(database)}", e);
        }
    }

    /// <summary>Moves everything back to where it was. What took its place has to be gone.</summary>
    public async Task BackAsync(IReadOnlyList<string> schemas, CancellationToken cancellationToken)
    {
        foreach (var (schema, original) in await SchemasAsync(cancellationToken))
        {
            if (schemas.Contains(original))
            {
                await target.ExecuteTogetherAsync(database, [$"ALTER SCHEMA {SqlName.Quote(schema)} RENAME TO {SqlName.Quote(original)}"], cancellationToken);
                continue;
            }

            var tables = await target.ReadAsync(database, $"SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {SqlName.Literal(schema)} AND c.relkind IN {Kinds}", row => row.GetString(0), cancellationToken);
            await target.ExecuteTogetherAsync(database,
            [
                .. tables.Select(table => $"ALTER TABLE {SqlName.Quote(schema)}.{SqlName.Quote(table)} SET SCHEMA {SqlName.Quote(original)}"),
                .. await StatisticsAsync([.. tables.Select(table => (schema, table))], _ => original, cancellationToken),
                $"DROP SCHEMA {SqlName.Quote(schema)}",
            ], cancellationToken);
        }
    }

    /// <summary>How long a session that uses the tables is waited for: everybody who comes after us waits too.</summary>
    private const int PatienceSeconds = 10;

    private IEnumerable<string> Patience() => target.Version >= 90300 ? [FormattableString.Invariant($"SET LOCAL lock_timeout = '{PatienceSeconds}s'")] : [];

    /// <summary>The tables that live, with their partitions.</summary>
    private async Task<List<(string Schema, string Name, char Kind)>> LivingAsync(IReadOnlyList<(string Schema, string Name)> tables, CancellationToken cancellationToken) => tables.Count == 0 ? [] : await target.ReadAsync(database, $"""
        WITH RECURSIVE tree (oid, kind) AS (
          SELECT c.oid, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname::text, c.relname::text) IN ({Dependents.Pairs(tables)})
          UNION SELECT c.oid, c.relkind FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid AND t.kind = 'p' JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid)
        SELECT n.nspname::text, c.relname::text, c.relkind::text FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY c.oid
        """, row => (row.GetString(0), row.GetString(1), row.GetString(2)[0]), cancellationToken);

    private async Task RefuseAsync(IReadOnlyList<string> schemas, IReadOnlyList<(string Schema, string Name)> tables, CancellationToken cancellationToken)
    {
        List<string> dependents = [.. await Dependents.ReadAsync(target, database, schemas, tables, "", cancellationToken), .. await Dependents.PublicationsAsync(target, database, schemas, tables, cancellationToken)];
        if (dependents.Count > 0)
        {
            throw new AgentException($"Nothing was restored: these would go on using what is there now, not what is restored: {string.Join(", ", dependents)}.",
                "Bring it back beside (--table … --beside), and copy what you need. Or drop these, restore with --replace, and make them again.");
        }

        var parents = tables.Count == 0 ? [] : await target.ReadAsync(database, $"""
            SELECT p.oid::regclass::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            WHERE p.relkind IN {Kinds} AND (n.nspname::text, c.relname::text) IN ({Dependents.Pairs(tables)}) AND (pn.nspname::text, p.relname::text) NOT IN ({Dependents.Pairs(tables)})
            """, row => row.GetString(0), cancellationToken);
        if (parents.Count > 0)
            throw new AgentException($"Nothing was restored: the table is a part of {string.Join(", ", parents)}, and would still be one when it has moved aside.", "Take it out first (ALTER TABLE … DETACH PARTITION, or NO INHERIT), or bring it back beside: --beside");
    }

    /// <summary>Extended statistics do not follow their table.</summary>
    private async Task<IReadOnlyList<string>> StatisticsAsync(IReadOnlyList<(string Schema, string Name)> tables, Func<string, string> to, CancellationToken cancellationToken) => target.Version < 100000 || tables.Count == 0 ? [] :
    [
        .. (await target.ReadAsync(database, $"""
            SELECT sn.nspname::text, s.stxname::text, n.nspname::text FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace sn ON sn.oid = s.stxnamespace JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE (n.nspname::text, c.relname::text) IN ({Dependents.Pairs(tables)}) AND sn.oid = n.oid
            """, row => (Schema: row.GetString(0), Name: row.GetString(1), Of: row.GetString(2)), cancellationToken))
            .Select(found => $"ALTER STATISTICS {SqlName.Quote(found.Schema)}.{SqlName.Quote(found.Name)} SET SCHEMA {SqlName.Quote(to(found.Of))}"),
    ];
}
