using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>
/// Which collations a server lacks. A database is made from template0, so it is tried in one that is made so, of the same encoding, and that goes again; databases
/// that every server has are looked at themselves.
/// </summary>
internal static class CollationCheck
{
    /// <summary>What is lacking, a line each.</summary>
    public static async Task<IReadOnlyList<string>> LacksAsync(RestoreTarget target, IEnumerable<SetDatabase> databases, CancellationToken cancellationToken)
    {
        List<(string Collation, string Problem, string Database)> found = [];
        var wanting = databases.Where(database => database.Collations.Count > 0 && target.Version >= 90100);
        foreach (var alike in wanting.GroupBy(database => (There: RestorePlan.IsAlwaysThere(database.Name) ? database.Name : null, database.Encoding)))
        {
            if (alike.Key.There is { } there)
                await LookAsync(target, there, alike, found, cancellationToken);
            else
                await TryAsync(target, alike.Key.Encoding, alike, found, cancellationToken);
        }

        return
        [
            .. found.GroupBy(entry => (entry.Collation, entry.Problem), entry => entry.Database)
                .Select(entry => $"collation {entry.Key.Collation}, which {(entry.Count() > 1 ? "databases" : "database")} {string.Join(", ", entry)} {(entry.Count() > 1 ? "need" : "needs")}, {entry.Key.Problem}"),
        ];
    }

    private static async Task TryAsync(RestoreTarget target, string encoding, IEnumerable<SetDatabase> databases, List<(string, string, string)> found, CancellationToken cancellationToken)
    {
        var scratch = $"{ScratchName.Prefix}{Guid.NewGuid():N}";
        try
        {
            await target.ExecuteAsync("postgres", [$"CREATE DATABASE {SqlName.Quote(scratch)} TEMPLATE template0 ENCODING {SqlName.Literal(encoding)} LC_COLLATE 'C' LC_CTYPE 'C'{(target.Version >= 150000 ? " LOCALE_PROVIDER libc" : "")}"], cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedObject)
        {
            return; // it knows no such encoding: that is told of the databases themselves
        }

        try
        {
            await LookAsync(target, scratch, databases, found, cancellationToken);
        }
        finally
        {
            await target.ExecuteAsync("postgres", [$"DROP DATABASE {SqlName.Quote(scratch)}"], CancellationToken.None);
        }
    }

    private static async Task LookAsync(RestoreTarget target, string place, IEnumerable<SetDatabase> databases, List<(string, string, string)> found, CancellationToken cancellationToken)
    {
        var system = (await target.ReadAsync(place, """
            SELECT c.collname::text FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
            WHERE n.nspname = 'pg_catalog' AND c.collencoding IN (-1, (SELECT encoding FROM pg_catalog.pg_database WHERE datname = current_database()))
            """, row => row.GetString(0), cancellationToken)).ToHashSet();
        foreach (var (collation, names) in databases.SelectMany(database => database.Collations.Select(collation => (Collation: collation, database.Name))).GroupBy(entry => entry.Collation, entry => entry.Name).Select(entry => (entry.Key, entry.ToArray())))
        {
            var problem = collation.IsOfSystem ? (system.Contains(collation.Name) ? null : "is none of this server's (initdb found no such locale on its host)") : await RefusalAsync(target, place, collation, cancellationToken);
            if (problem is not null)
                found.AddRange(names.Select(name => ($"{SqlName.Show(collation.Schema, collation.Name)} ({collation.Kind})", problem, SqlName.Show(name))));
        }
    }

    /// <summary>What the server says against one; it is not kept.</summary>
    private static async Task<string?> RefusalAsync(RestoreTarget target, string place, SetCollation collation, CancellationToken cancellationToken)
    {
        var schema = SqlName.Quote($"{ScratchName.Prefix}{Guid.NewGuid():N}");
        try
        {
            await target.ExecuteAsync(place, ["BEGIN", $"CREATE SCHEMA {schema}", $"CREATE COLLATION {schema}.{SqlName.Quote(collation.Name)} {collation.Sql}", "ROLLBACK"], cancellationToken);
            return null;
        }
        catch (PostgresException e)
        {
            return $"can't be made here: {e.MessageText}";
        }
    }
}
