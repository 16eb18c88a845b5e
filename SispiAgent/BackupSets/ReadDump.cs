namespace SispiAgent.BackupSets;

/// <summary>A file of a database after it was read to its end.</summary>
/// <param name="File">Its name.</param>
/// <param name="Kind">What it is to hold.</param>
/// <param name="Planned">The tables whose rows it is to hold, by their oid.</param>
/// <param name="Contents">What it holds.</param>
internal sealed record ReadDump(string File, UnitKind Kind, IReadOnlyList<long> Planned, DumpContents Contents);
