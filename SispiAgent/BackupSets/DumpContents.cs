namespace SispiAgent.BackupSets;

/// <summary>What a dump was seen to hold when it was read to its end.</summary>
/// <param name="Tables">The rows of each table, an entry for each time that the dump has some of it (which should be once).</param>
/// <param name="Sequences">The values of sequences.</param>
/// <param name="LargeObjects">The large objects whose contents are there.</param>
/// <param name="Views">The materialized views that a restore refreshes, by their oid.</param>
/// <param name="Problem">What is wrong with the file, as a sentence that names it; <see langword="null"/> if nothing. Otherwise the rest says what was seen up to there.</param>
internal sealed record DumpContents(IReadOnlyList<DumpRows> Tables, IReadOnlyList<SetSequence> Sequences, IReadOnlyList<long> LargeObjects, IReadOnlyList<long> Views, string? Problem);

/// <summary>The rows of a table in a dump.</summary>
/// <param name="Oid">The table, by its identifier on the server that was dumped.</param>
/// <param name="Rows">How many.</param>
internal sealed record DumpRows(long Oid, long Rows);
