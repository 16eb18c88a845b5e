namespace SispiAgent.BackupSets;

/// <summary>How a database is divided into files.</summary>
/// <param name="IsSplit">Whether it is divided at all; else one file holds it.</param>
/// <param name="Groups">Tables that share a file, the first match counts.</param>
/// <param name="LargeBytes">From which size (heap and TOAST, a partition tree together) a table gets a file of its own.</param>
internal sealed record UnitRules(bool IsSplit, IReadOnlyList<UnitGroup> Groups, long LargeBytes)
{
    /// <summary>For a database that nobody configured: one file.</summary>
    public static UnitRules Whole { get; } = new(false, [], long.MaxValue);
}

/// <summary>Tables that share a file.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Patterns">Which tables.</param>
internal sealed record UnitGroup(string Name, IReadOnlyList<TablePattern> Patterns);
