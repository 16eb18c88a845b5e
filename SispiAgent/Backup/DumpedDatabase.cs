using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What came of dumping one database.</summary>
/// <param name="Database">The database.</param>
/// <param name="Snapshot">The snapshot of its files; <see langword="null"/> where none could be shared.</param>
/// <param name="Lsn">Where the server wrote then.</param>
/// <param name="At">When that was.</param>
/// <param name="Attempts">How many attempts it took.</param>
/// <param name="Units">Its files.</param>
/// <param name="Relations">Its relations as the snapshot has them.</param>
/// <param name="Readings">What was read of its tables, by identifier; empty where there is no snapshot to read in.</param>
/// <param name="LargeObjects">Its large objects; <see langword="null"/> where there is no snapshot to read in.</param>
/// <param name="Objects">The file of its objects; <see langword="null"/> where the server is too old for it.</param>
/// <param name="Facts">What else a restore needs to know.</param>
/// <param name="Remarks">What pg_dump warned of, what the version could not do, which attempts were given up.</param>
internal sealed record DumpedDatabase(
    ListedDatabase Database, string? Snapshot, string Lsn, DateTimeOffset At, int Attempts, IReadOnlyList<DumpedUnit> Units, IReadOnlyList<ListedRelation> Relations,
    IReadOnlyDictionary<long, TableReading> Readings, TableReading? LargeObjects, SetFile? Objects, SnapshotFacts Facts, IReadOnlyList<string> Remarks);

/// <summary>What was read of a table, or of the large objects, in the snapshot.</summary>
/// <param name="Rows">Its own rows; how many objects.</param>
/// <param name="Digest">The digest of their contents; <see langword="null"/> where none was made.</param>
internal sealed record TableReading(long Rows, string? Digest);
