using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>The plan of one database by the configuration and by what server and pg_dump can do.</summary>
internal static class DumpPlan
{
    /// <summary>Divides it.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="database">Its name.</param>
    /// <param name="relations">All its relations.</param>
    /// <param name="largeObjectBytes">What its large objects take.</param>
    /// <param name="isShared">Whether its files can share a snapshot; else it is one file unless it is asked for otherwise.</param>
    /// <param name="hasStrictNames">Whether pg_dump can be told to fail when a name is not there.</param>
    public static IReadOnlyList<PlannedUnit> Divide(BackupOptions options, string database, IReadOnlyList<ListedRelation> relations, long largeObjectBytes, bool isShared, bool hasStrictNames)
    {
        var rules = options.RulesFor(database);
        if (!isShared && !(options.Databases.TryGetValue(database, out var own) && own.SplitWithoutSnapshot))
            rules = UnitRules.Whole;
        return UnitPlan.Divide(database, relations, rules, largeObjectBytes, hasStrictNames);
    }
}
