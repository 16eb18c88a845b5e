namespace SispiAgent.BackupSets;

/// <summary>The values of sequences that a set's files hold. Sequences ignore snapshots, and an owned one is in its schema's file and in its table's: the furthest is kept.</summary>
internal static class SequenceValues
{
    /// <summary>One value a sequence, sorted by name.</summary>
    /// <param name="contents">The contents of the files of one database.</param>
    /// <param name="descending">The sequences that count downwards.</param>
    public static IReadOnlyList<SetSequence> Merge(IEnumerable<DumpContents> contents, IReadOnlySet<(string Schema, string Name)> descending) =>
    [
        .. contents.SelectMany(file => file.Sequences).GroupBy(sequence => (sequence.Schema, sequence.Name))
            .Select(group => descending.Contains(group.Key) ? group.OrderBy(sequence => sequence.Value).ThenByDescending(sequence => sequence.IsCalled).First() : group.OrderByDescending(sequence => sequence.Value).ThenByDescending(sequence => sequence.IsCalled).First())
            .OrderBy(sequence => sequence.Schema, StringComparer.Ordinal).ThenBy(sequence => sequence.Name, StringComparer.Ordinal),
    ];
}
