using SispiAgent.BackupSets;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>
/// Indexes and constraints that a run made which was ended in the middle. Each is there whole or not at all. They are left out when the step is done again:
/// <c>--clean</c> would not drop a partition's index, and would drop with a partitioned table's index those of its partitions, which other steps have made.
/// </summary>
internal static class StandingEntries
{
    /// <summary>As pg_restore lists them: schema, name and owner; a constraint with its table before it.</summary>
    private const string Query = """
        SELECT 'INDEX', n.nspname || ' ' || i.relname || ' ' || pg_catalog.pg_get_userbyid(i.relowner)
        FROM pg_catalog.pg_class AS i JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace WHERE i.relkind IN ('i', 'I')
        UNION ALL
        SELECT CASE c.contype WHEN 'f' THEN 'FK CONSTRAINT' WHEN 'c' THEN 'CHECK CONSTRAINT' ELSE 'CONSTRAINT' END, n.nspname || ' ' || t.relname || ' ' || c.conname || ' ' || pg_catalog.pg_get_userbyid(t.relowner)
        FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace WHERE c.contype IN ('p', 'u', 'x', 'f', 'c')
        """;

    /// <summary>What is left of a step.</summary>
    /// <param name="target">The server.</param>
    /// <param name="arguments">pg_restore's arguments, with the path of the file at the end.</param>
    /// <param name="database">The database.</param>
    /// <param name="folder">Where the list of what is left is written.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The arguments for what is left; <see langword="null"/>: nothing is.</returns>
    public static async Task<IReadOnlyList<string>?> LeaveOutAsync(RestoreTarget target, IReadOnlyList<string> arguments, string database, string folder, CancellationToken cancellationToken)
    {
        var given = arguments is [.., "-L", var path, _] ? path : null;
        var lines = given is null ? await ListAsync(target, arguments, cancellationToken) : [.. await File.ReadAllLinesAsync(given, cancellationToken)];
        var standing = (await target.ReadAsync(database, Query, row => (Description: row.GetString(0), Names: OnOneLine(row.GetString(1))), cancellationToken)).ToHashSet();
        string[] left = [.. lines.Select(DumpEntry.TryParse).OfType<DumpEntry>().Where(entry => !standing.Contains((entry.Description, entry.Names))).Select(entry => entry.ToString())];
        if (left.Length == 0)
            return null;
        OwnerOnly.CreateFolder(folder);
        var list = Path.Combine(folder, $"{Path.GetFileName(given ?? arguments[^1])}.left");
        await File.WriteAllLinesAsync(list, left, cancellationToken);
        return [.. arguments.SkipLast(given is null ? 1 : 3), "-L", list, arguments[^1]];
    }

    private static async Task<List<string>> ListAsync(RestoreTarget target, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        await ToolRunner.RunToSuccessAsync(target.Tool("pg_restore", ["-l", .. arguments.Where(argument => argument.StartsWith("--section=", StringComparison.Ordinal)), arguments[^1]]) with { OnOutputLine = lines.Add }, cancellationToken);
        return lines;
    }

    private static string OnOneLine(string names) => names.Replace('\n', ' ').Replace('\r', ' ');
}
