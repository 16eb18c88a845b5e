namespace SispiAgent.BackupSets;

/// <summary>One table of a set.</summary>
/// <param name="Oid">Its identifier on the server.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Heap and TOAST on the server.</param>
/// <param name="Rows">Its own rows in the snapshot; <see langword="null"/> for a partitioned table, whose rows are its partitions', and where there is no snapshot.</param>
/// <param name="Digest">The digest of its rows; <see langword="null"/> where none was made.</param>
internal sealed record SetTable(long Oid, string Schema, string Name, long Bytes, long? Rows, string? Digest)
{
    /// <summary>The unit whose file holds its rows; <see langword="null"/> if none has to.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether the file holds only a part of the rows: a configuration table of an extension with a condition.</summary>
    public bool IsFiltered { get; init; }
}
