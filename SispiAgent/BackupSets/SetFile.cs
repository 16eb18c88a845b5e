namespace SispiAgent.BackupSets;

/// <summary>One file of a set.</summary>
/// <param name="Name">Its path in the set's folder.</param>
/// <param name="Kind"><c>dump</c>, <c>globals</c>, <c>report</c>, <c>configuration</c>, <c>objects</c> or <c>text</c>.</param>
/// <param name="Database">The database it is of, if it is of one.</param>
/// <param name="Unit">The unit of the plan, for a dump.</param>
/// <param name="Command">How it was made, without secrets.</param>
/// <param name="Snapshot">The snapshot it was read in.</param>
/// <param name="Lsn">Where the server wrote when the snapshot was taken.</param>
/// <param name="Started">When it was begun.</param>
/// <param name="Finished">When it was written.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its hash, lower-case hexadecimal.</param>
/// <param name="Tables">The tables whose rows it holds, by <see cref="SetTable.Oid"/>.</param>
internal sealed record SetFile(
    string Name, string Kind, string? Database, string? Unit, string? Command, string? Snapshot, string? Lsn, DateTimeOffset Started, DateTimeOffset Finished, long Bytes, string Sha256, IReadOnlyList<long> Tables)
{
    /// <summary>What a dump holds of its database.</summary>
    public UnitKind? UnitKind { get; init; }

    /// <summary>The program that wrote it, with its version.</summary>
    public string? WrittenBy { get; init; }
}
