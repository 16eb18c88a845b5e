namespace SispiAgent.BackupSets;

/// <summary>How pg_dump is told which tables a unit holds: always by quoted names, which it takes literally, and from the catalog, never from typed text.</summary>
/// <param name="hasStrictNames">Whether pg_dump can be told to fail when a name is not there (9.6+).</param>
internal sealed class UnitArguments(bool hasStrictNames)
{
    /// <summary>These tables.</summary>
    public IReadOnlyList<string> Tables(IEnumerable<ListedRelation> relations) => [.. Strict(), .. relations.Select(relation => $"--table={relation.Quoted}")];

    /// <summary>A schema without some of its tables.</summary>
    public IReadOnlyList<string> Schema(string schema, IEnumerable<ListedRelation> without) => [.. Strict(), $"--schema={SqlName.Quote(schema)}", .. Without(without)];

    /// <summary>Everything without these schemas and tables; large objects, extensions and publications stay in.</summary>
    public static IReadOnlyList<string> Rest(IEnumerable<string> withoutSchemas, IEnumerable<ListedRelation> without) =>
        [.. withoutSchemas.Order(StringComparer.Ordinal).Select(schema => $"--exclude-schema={SqlName.Quote(schema)}"), .. Without(without)];

    private string[] Strict() => hasStrictNames ? ["--strict-names"] : [];

    private static IEnumerable<string> Without(IEnumerable<ListedRelation> relations) => relations.Select(relation => $"--exclude-table={relation.Quoted}");
}
