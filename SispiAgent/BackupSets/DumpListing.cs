namespace SispiAgent.BackupSets;

/// <summary>What a dump's table of contents says of its contents: in the order in which pg_restore writes them.</summary>
/// <param name="Tables">The tables whose rows are there.</param>
/// <param name="Sequences">How many values of sequences are there.</param>
/// <param name="Views">The materialized views that a restore refreshes.</param>
/// <param name="HasLargeObjects">Whether contents of large objects are there.</param>
internal sealed record DumpListing(IReadOnlyList<long> Tables, int Sequences, IReadOnlyList<long> Views, bool HasLargeObjects)
{
    /// <summary>Reads it.</summary>
    /// <param name="lines">What <c>pg_restore -l</c> printed.</param>
    public static DumpListing Parse(IEnumerable<string> lines)
    {
        List<long> tables = [], views = [];
        var (sequences, hasLargeObjects) = (0, false);
        foreach (var entry in lines.Select(DumpEntry.TryParse).OfType<DumpEntry>())
        {
            switch (entry.Description)
            {
                case DumpEntry.TableData:
                    tables.Add(entry.Oid);
                    break;
                case DumpEntry.ViewData:
                    views.Add(entry.Oid);
                    break;
                case DumpEntry.SequenceSet:
                    sequences++;
                    break;
                case DumpEntry.LargeObjects:
                    hasLargeObjects = true;
                    break;
            }
        }

        return new(tables, sequences, views, hasLargeObjects);
    }
}
