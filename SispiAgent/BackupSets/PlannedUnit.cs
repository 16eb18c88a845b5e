namespace SispiAgent.BackupSets;

/// <summary>One file of a database that is to be dumped.</summary>
/// <param name="Name">Its name, unique in the database: <c>table exposure.image</c>, <c>group monsoon</c>, <c>schema obstac</c>, <c>rest</c>.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="File">The file's name.</param>
/// <param name="Relations">The tables whose rows it has to hold.</param>
/// <param name="Bytes">Heap and TOAST of these.</param>
/// <param name="Why">Why they are together, as a sentence.</param>
internal sealed record PlannedUnit(string Name, UnitKind Kind, string File, IReadOnlyList<ListedRelation> Relations, long Bytes, string Why)
{
    /// <summary>What pg_dump is told to choose it.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }
}
