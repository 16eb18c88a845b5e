namespace SispiAgent.BackupSets;

/// <summary>What a backup set holds and how it was made: <c>manifest.json</c>. Times are UTC.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="Origin">The node that dumped it.</param>
/// <param name="Name">The set's name.</param>
/// <param name="SystemIdentifier">The cluster's identifier; a new one (pg_upgrade) begins a new history.</param>
/// <param name="Timeline">The timeline of the server then.</param>
/// <param name="ServerVersion">As the server calls it.</param>
/// <param name="ServerVersionNumber">As <c>server_version_num</c> has it.</param>
/// <param name="AgentVersion">Who made it.</param>
/// <param name="ClientVersion">The version of pg_dump.</param>
/// <param name="Started">When the run began.</param>
/// <param name="Finished">When the last file was verified.</param>
/// <param name="LowestPgRestore">The lowest version of pg_restore that reads the dumps.</param>
/// <param name="LowestPsql">The lowest version of psql that reads the globals.</param>
/// <param name="Databases">The databases, with their tables.</param>
/// <param name="Files">Every file but the manifest and <c>SHA256SUMS</c>.</param>
/// <param name="Consistency">Which files share which point in time.</param>
/// <param name="Remarks">What is to be known about it: warnings of pg_dump, what the version could not do.</param>
internal sealed record SetManifest(
    int Schema, string Origin, string Name, string SystemIdentifier, long Timeline, string ServerVersion, int ServerVersionNumber, string AgentVersion, string ClientVersion,
    DateTimeOffset Started, DateTimeOffset Finished, string LowestPgRestore, string LowestPsql,
    IReadOnlyList<SetDatabase> Databases, IReadOnlyList<SetFile> Files, IReadOnlyList<SetConsistency> Consistency, IReadOnlyList<string> Remarks)
{
    /// <summary>The number of the format that this agent writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Whether the server had stopped being the primary when the set was finished: it is kept, and never makes others be pruned.</summary>
    public bool IsFromFormerPrimary { get; init; }

    /// <summary>The size of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);
}

/// <summary>One database of a set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Encoding">Its encoding.</param>
/// <param name="Collate">Its collation.</param>
/// <param name="CharacterType">Its character classification.</param>
/// <param name="Bytes">Its size on the server.</param>
/// <param name="Snapshot">The exported snapshot; <see langword="null"/> where the server has none (before 9.2).</param>
/// <param name="Lsn">Where the server wrote when the snapshot was taken.</param>
/// <param name="SnapshotAt">When that was.</param>
/// <param name="Attempts">How many snapshots it took: an attempt yields to sessions that wait behind it.</param>
/// <param name="Tables">Its tables as the snapshot has them.</param>
internal sealed record SetDatabase(
    string Name, string Owner, string Encoding, string Collate, string CharacterType, long Bytes, string? Snapshot, string? Lsn, DateTimeOffset SnapshotAt, int Attempts, IReadOnlyList<SetTable> Tables);

/// <summary>One table of a set.</summary>
/// <param name="Oid">Its identifier on the server.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Heap and TOAST on the server.</param>
/// <param name="Rows">Its own rows in the snapshot; <see langword="null"/> for a partitioned table, whose rows are its partitions', and where there is no snapshot.</param>
/// <param name="Digest">The digest of its rows; <see langword="null"/> where none was made.</param>
internal sealed record SetTable(long Oid, string Schema, string Name, long Bytes, long? Rows, string? Digest);

/// <summary>One file of a set.</summary>
/// <param name="Name">Its path in the set's folder.</param>
/// <param name="Kind"><c>dump</c>, <c>globals</c>, <c>report</c>, <c>configuration</c> or <c>text</c>.</param>
/// <param name="Database">The database it is of, if it is of one.</param>
/// <param name="Unit">The unit of the plan: <c>whole</c>.</param>
/// <param name="Command">How it was made, without secrets.</param>
/// <param name="Snapshot">The snapshot it was read in.</param>
/// <param name="Lsn">Where the server wrote when the snapshot was taken.</param>
/// <param name="Started">When it was begun.</param>
/// <param name="Finished">When it was written.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its hash, lower-case hexadecimal.</param>
/// <param name="Tables">The tables whose rows it holds, by <see cref="SetTable.Oid"/>.</param>
internal sealed record SetFile(
    string Name, string Kind, string? Database, string? Unit, string? Command, string? Snapshot, string? Lsn, DateTimeOffset Started, DateTimeOffset Finished, long Bytes, string Sha256, IReadOnlyList<long> Tables);

/// <summary>Files that show one point in time.</summary>
/// <param name="Database">Of this database.</param>
/// <param name="Snapshot">The snapshot; <see langword="null"/> where pg_dump's own is all there is.</param>
/// <param name="Files">The files.</param>
/// <param name="Words">What that means, as a sentence.</param>
internal sealed record SetConsistency(string Database, string? Snapshot, IReadOnlyList<string> Files, string Words);
