namespace SispiAgent.BackupSets;

/// <summary>An index or a constraint of large tables, in a dump of definitions: it can be built as soon as their rows are there.</summary>
/// <param name="Id">Its number in the dump.</param>
/// <param name="Line">Its line, as pg_restore takes it with <c>-L</c>.</param>
/// <param name="Tables">Its table; of a foreign key also the one that it refers to.</param>
/// <param name="IsForeignKey">Whether it is a foreign key: it needs the indexes of its tables too, and locks both.</param>
internal sealed record IndexEntry(int Id, string Line, IReadOnlyList<SetTable> Tables, bool IsForeignKey)
{
    /// <summary>Tables from this size on (bytes, heap and TOAST) have their indexes built one by one.</summary>
    public const long FromBytes = 16L << 20;

    private const string ForeignKey = "FK CONSTRAINT";

    private const string Dependencies = ";\tdepends on:";

    /// <summary>Its own table.</summary>
    public SetTable Table => Tables[0];

    /// <summary>Whether a table is large, and has rows in the set.</summary>
    public static bool IsLarge(SetTable table) => table.Unit is not null && table.Bytes >= FromBytes;

    /// <summary>
    /// Finds them: what needs the rows of one large table only, and foreign keys between such. Triggers concern others too, and are left to the end, as is the index
    /// of a partitioned table: that of its partition is one by itself until it is attached.
    /// </summary>
    /// <param name="listing">What <c>pg_restore -l -v</c> printed: entries, each with a line of what it depends on.</param>
    /// <param name="tables">The database's large tables.</param>
    public static IReadOnlyList<IndexEntry> Find(IEnumerable<string> listing, IReadOnlyList<SetTable> tables)
    {
        var large = tables.ToDictionary(table => table.Oid);
        Dictionary<int, SetTable> listed = [];
        List<IndexEntry> found = [];
        foreach (var (entry, needs) in Entries(listing).OrderBy(one => one.Entry.Description == ForeignKey))
        {
            if (entry is { Description: "TABLE", Catalog: 1259 } && large.TryGetValue(entry.Oid, out var table))
                listed[entry.Id] = table;
            else if (entry.Description is "INDEX" or "CONSTRAINT" && needs.Where(listed.ContainsKey).ToArray() is [var only])
                found.Add(new(entry.Id, entry.ToString(), [listed[only]], IsForeignKey: false));
            else if (entry.Description is ForeignKey && needs.All(need => listed.ContainsKey(need) || found.Any(index => index.Id == need)))
                found.Add(new(entry.Id, entry.ToString(), [.. needs.Where(listed.ContainsKey).Select(need => listed[need]).OrderByDescending(one => entry.Names.StartsWith($"{one.Schema} {one.Name} ", StringComparison.Ordinal))], IsForeignKey: true));
        }

        return found;
    }

    private static IEnumerable<(DumpEntry Entry, int[] Needs)> Entries(IEnumerable<string> listing)
    {
        DumpEntry? entry = null;
        int[] needs = [];
        foreach (var line in listing)
        {
            if (DumpEntry.TryParse(line) is { } next)
            {
                if (entry is not null)
                    yield return (entry, needs);
                (entry, needs) = (next, []);
            }
            else if (line.StartsWith(Dependencies, StringComparison.Ordinal))
            {
                needs = [.. line[Dependencies.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Distinct()];
            }
        }

        if (entry is not null)
            yield return (entry, needs);
    }
}
