using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What is to be known of a database's dump, besides what pg_dump says.</summary>
internal static class DumpRemarks
{
    private const int MostNamed = 10;

    /// <summary>Says it.</summary>
    public static IEnumerable<string> Of(RunContext run, string database, IReadOnlyList<ListedRelation> relations, IReadOnlyList<PlannedUnit> units, bool isShared)
    {
        var name = SqlName.Show(database);
        if (!isShared)
            yield return units.Count == 1
                ? $"{name}: server {run.Version} and pg_dump {run.Tools.Version} can't share a snapshot; one pg_dump read the whole database in its own, and rows were not counted."
                : $"{name}: server {run.Version} and pg_dump {run.Tools.Version} can't share a snapshot; its {units.Count} files show different moments, as Backup:Databases:{database}:SplitWithoutSnapshot allows. After a restore check the foreign keys between them.";
        string[] unlogged = [.. relations.Where(relation => relation.IsUnlogged && relation.HasRows).Select(relation => relation.Shown)];
        if (unlogged.Length > 0)
            yield return $"{name}: unlogged, so in the set but on no standby: {Some(unlogged)}";
        foreach (var group in run.Options.RulesFor(database).Groups.Where(group => !relations.Any(relation => relation.IsLocked && group.Patterns.Any(pattern => pattern.Matches(relation.Schema, relation.Name)))))
            yield return $"{name}: unit {group.Name} of Backup:Databases:{database}:Units names no table that is there.";
    }

    /// <summary>That pg_dump from 12 on leaves out the hidden column oid of tables made WITH OIDS (release notes of 12); <see langword="null"/> where none is lost.</summary>
    public static string? OfOids(RunContext run, string database, IReadOnlyList<string> tables) => tables.Count == 0 || run.Tools.Major < 12 ? null
        : $"{SqlName.Show(database)}: made WITH OIDS, whose hidden column oid pg_dump {run.Tools.Version} does not dump; if somebody uses it, it is lost: {Some(tables)}";

    /// <summary>That the client programs are newer than the server and write what it would refuse; <see langword="null"/> if the set comes back into it.</summary>
    public static string? OfTools(RunContext run)
    {
        var (lowest, server) = (ClientVersions.Parse(run.Tools.LowestPgRestore), ClientVersions.Major(run.Version));
        var first = ClientVersions.LowestServer(lowest, server);
        if (first == server)
            return null;
        var (needed, own) = (ClientVersions.Words(lowest), ClientVersions.Words(server));
        return $"The set comes back into a server of PostgreSQL {ClientVersions.Words(first)} or newer only, not into one of {own}, which it is of: pg_dump {run.Tools.Version} wrote it, pg_restore {needed} is the oldest that reads that, "
            + $"and it sets {ClientVersions.Refused(lowest, server)}, which {own} does not know. Install the client programs of PostgreSQL {own} on {run.Node.Name} for the next set.";
    }

    private static string Some(IReadOnlyList<string> names) => string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? ", …" : "");
}
