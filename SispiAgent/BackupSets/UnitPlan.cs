using SispiAgent.Findings;

namespace SispiAgent.BackupSets;

/// <summary>
/// Divides a database into files. Pure. Every table belongs to exactly one: a partition tree is never cut, since pg_dump up to 15 takes a parent
/// without its partitions; what no rule names is in <c>rest</c>, which pg_dump makes by exclusion, so that nothing can be forgotten.
/// </summary>
internal static class UnitPlan
{
    /// <summary>What the definitions' unit is called.</summary>
    public const string Definitions = "definitions";

    /// <summary>Divides it.</summary>
    /// <param name="database">Its name.</param>
    /// <param name="relations">All its relations.</param>
    /// <param name="rules">How.</param>
    /// <param name="largeObjectBytes">What its large objects take.</param>
    /// <param name="hasStrictNames">Whether pg_dump can be told to fail when a name is not there (9.6+).</param>
    /// <returns>The units, the definitions first, then the largest first.</returns>
    public static IReadOnlyList<PlannedUnit> Divide(string database, IReadOnlyList<ListedRelation> relations, UnitRules rules, long largeObjectBytes, bool hasStrictNames)
    {
        var bytes = relations.Where(relation => relation.HasRows).Sum(relation => relation.Bytes) + largeObjectBytes;
        if (!rules.IsSplit)
            return [new("whole", UnitKind.Whole, SetFileName.Dump(database, "whole"), [.. relations.Where(relation => relation.HasRows)], bytes, "The whole database: nothing divides it.") { Arguments = [] }];

        var arguments = new UnitArguments(hasStrictNames);
        var trees = relations.Where(relation => relation.IsLocked && relation.Extension is null).GroupBy(relation => relation.Root).Select(tree => new Tree([.. tree])).ToArray();
        List<PlannedUnit> tables = [.. TableUnits(database, trees, rules, arguments)];
        var taken = tables.SelectMany(unit => unit.Relations).Select(relation => relation.Oid).ToHashSet();
        var takenTrees = trees.Where(tree => tree.Members.Any(member => taken.Contains(member.Oid))).ToArray();
        var takenMembers = takenTrees.SelectMany(tree => tree.Members).Select(member => member.Oid).ToHashSet();
        takenMembers.UnionWith(relations.Where(relation => takenMembers.Contains(relation.OwnedBy)).Select(relation => relation.Oid).ToArray());
        var left = relations.Where(relation => relation.HasRows && !taken.Contains(relation.Oid)).ToArray();

        // a schema without a table that has rows stays in rest: there is nothing to gain from a file
        var schemas = left.Where(relation => relation.Extension is null).Select(relation => relation.Schema).ToHashSet();
        List<PlannedUnit> units = [.. tables];
        foreach (var schema in schemas)
        {
            ListedRelation[] own = [.. left.Where(relation => relation.Schema == schema)];
            units.Add(new($"schema {SqlName.Show(schema)}", UnitKind.Schema, SetFileName.Dump(database, "schema", schema), own, own.Sum(relation => relation.Bytes), $"Schema {SqlName.Show(schema)}, without what has a file of its own.")
            {
                Arguments = arguments.Schema(schema, relations.Where(relation => relation.Schema == schema && takenMembers.Contains(relation.Oid))),
            });
        }

        ListedRelation[] rest = [.. left.Where(relation => !schemas.Contains(relation.Schema))];
        units.Add(new("rest", UnitKind.Rest, SetFileName.Dump(database, "rest"), rest, rest.Sum(relation => relation.Bytes) + largeObjectBytes, "All that no other file holds: large objects, extensions and whatever nobody named.")
        {
            Arguments = UnitArguments.Rest(schemas, relations.Where(relation => !schemas.Contains(relation.Schema) && takenMembers.Contains(relation.Oid))),
        });
        return
        [
            new(Definitions, UnitKind.Definitions, SetFileName.Dump(database, Definitions), [], 0, "The definitions of the whole database, on which the rows of the others are restored.") { Arguments = ["--schema-only"] },
            .. units.OrderByDescending(unit => unit.Bytes).ThenBy(unit => unit.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<PlannedUnit> TableUnits(string database, IReadOnlyList<Tree> trees, UnitRules rules, UnitArguments arguments)
    {
        var groups = rules.Groups.Select(group => (Group: group, Trees: new List<Tree>())).ToArray();
        foreach (var tree in trees)
        {
            if (tree.Bytes >= rules.LargeBytes)
                yield return Single(database, tree, $"Large: {ByteSize.Words(tree.Bytes)}, and {ByteSize.Words(rules.LargeBytes)} or more has a file of its own.", arguments);
            else if (groups.FirstOrDefault(entry => tree.Matches(entry.Group)) is { Trees: { } together })
                together.Add(tree);
            else if (tree.Schemas > 1)
                yield return Single(database, tree, "Its partitions lie in several schemas.", arguments);
        }

        foreach (var (group, together) in groups.Where(entry => entry.Trees.Count > 0))
        {
            ListedRelation[] members = [.. together.SelectMany(tree => tree.Members)];
            yield return new($"group {group.Name}", UnitKind.Tables, SetFileName.Dump(database, "group", group.Name), [.. members.Where(member => member.HasRows)], members.Sum(member => member.Bytes),
                $"Group {group.Name}: {string.Join(", ", group.Patterns.Select(pattern => pattern.Text))}.") { Arguments = arguments.Tables(members) };
        }
    }

    private static PlannedUnit Single(string database, Tree tree, string why, UnitArguments arguments) =>
        new($"table {tree.Top.Shown}", UnitKind.Tables, SetFileName.Dump(database, "table", tree.Top.Schema, tree.Top.Name), [.. tree.Members.Where(member => member.HasRows)], tree.Bytes, why) { Arguments = arguments.Tables(tree.Members) };

    /// <summary>A table, or a partitioned one with all below it.</summary>
    private sealed record Tree(ListedRelation[] Members)
    {
        public ListedRelation Top { get; } = Members.FirstOrDefault(member => member.Oid == member.Root) ?? Members[0];

        public long Bytes { get; } = Members.Sum(member => member.Bytes);

        public int Schemas { get; } = Members.Select(member => member.Schema).Distinct().Count();

        public bool Matches(UnitGroup group) => group.Patterns.Any(pattern => Members.Any(member => pattern.Matches(member.Schema, member.Name)));
    }
}
