using System.Globalization;

namespace SispiAgent.BackupSets;

/// <summary>
/// Proves that the files of a database hold everything that the snapshot had, and nothing twice. Pure. Rows are matched by the table's oid, never by its
/// name. Values of sequences may be in several files: sequences ignore snapshots, so these may differ, and each is past what the snapshot's rows have.
/// </summary>
internal static class CoverageProof
{
    /// <summary>Proves it.</summary>
    /// <param name="relations">The relations of the snapshot.</param>
    /// <param name="rows">How many rows each table had in the snapshot; what is not in it was not counted.</param>
    /// <param name="largeObjects">How many large objects there were; <see langword="null"/> if nobody counted.</param>
    /// <param name="files">Every file of the database.</param>
    /// <returns>What is wrong, a sentence each; empty if all is proven.</returns>
    public static IReadOnlyList<string> Judge(IReadOnlyList<ListedRelation> relations, IReadOnlyDictionary<long, long> rows, long? largeObjects, IReadOnlyList<ReadDump> files)
    {
        var held = files.SelectMany(file => file.Contents.Tables.Select(table => (file.File, table.Oid, table.Rows))).ToLookup(entry => entry.Oid, entry => (entry.File, entry.Rows));
        var known = relations.ToDictionary(relation => relation.Oid);
        var planned = files.SelectMany(file => file.Planned.Select(oid => (Oid: oid, file.File))).ToLookup(entry => entry.Oid, entry => entry.File);
        return
        [
            .. files.Select(file => file.Contents.Problem).OfType<string>(),
            .. files.Where(file => file.Kind is UnitKind.Definitions && HoldsContents(file.Contents)).Select(file => $"{file.File} is to hold definitions only, and holds contents."),
            .. relations.Where(relation => relation.HasRows).Select(table => Table(table, [.. held[table.Oid]], [.. planned[table.Oid]], rows)).OfType<string>(),
            .. held.Where(entry => known.GetValueOrDefault(entry.Key) is not { HasRows: true }).Select(entry => Stray(known.GetValueOrDefault(entry.Key), entry.Key, entry.Select(place => place.File))),
            .. files.SelectMany(file => file.Contents.Views.Where(oid => known.GetValueOrDefault(oid) is not { Kind: 'm' }).Select(oid => $"{file.File} refreshes a materialized view that the database does not have ({Number(oid)}).")),
            .. Sequences(relations, files),
            .. LargeObjects(largeObjects, files),
        ];
    }

    private static bool HoldsContents(DumpContents contents) => contents.Tables.Count > 0 || contents.Sequences.Count > 0 || contents.LargeObjects.Count > 0;

    private static string? Table(ListedRelation table, IReadOnlyList<(string File, long Rows)> held, IReadOnlyList<string> planned, IReadOnlyDictionary<long, long> rows)
    {
        if (held.Count == 0)
            return $"{table.Shown}: no file holds its rows{(planned.Count == 0 ? "" : $", {Join(planned)} should")}.";
        if (held.Count > 1)
            return $"{table.Shown}: its rows are there {Number(held.Count)} times: {Join(held.Select(place => place.File))}.";
        var (file, found) = held[0];
        if (planned.Count > 0 && !planned.Contains(file))
            return $"{table.Shown}: its rows are in {file}, not in {Join(planned)} as planned.";
        if (!rows.TryGetValue(table.Oid, out var expected) || found == expected || (table.IsFiltered && found < expected))
            return null;
        return $"{table.Shown}: {file} holds {Number(found)} rows, and the snapshot had {Number(expected)}.";
    }

    private static string Stray(ListedRelation? relation, long oid, IEnumerable<string> files) => relation switch
    {
        null => $"{Join(files)} holds rows of a table that the database does not have ({Number(oid)}).",
        { Kind: 'p' } => $"{relation.Shown}: {Join(files)} holds rows of it, and a partitioned table has none of its own.",
        { Kind: 'f' } => $"{relation.Shown}: {Join(files)} holds rows of it, and these are another server's.",
        { Extension: { } extension } => $"{relation.Shown}: {Join(files)} holds rows of it, and the extension {extension} makes them by itself.",
        _ => $"{relation.Shown}: {Join(files)} holds rows of it, and it is no table.",
    };

    private static IEnumerable<string> Sequences(IReadOnlyList<ListedRelation> relations, IReadOnlyList<ReadDump> files)
    {
        var held = files.SelectMany(file => file.Contents.Sequences.Select(sequence => (sequence.Schema, sequence.Name))).ToHashSet();
        var all = relations.Where(relation => relation.Kind == 'S').ToArray();
        foreach (var sequence in all.Where(sequence => (sequence.Extension is null || sequence.IsConfiguration) && !held.Contains((sequence.Schema, sequence.Name))))
            yield return $"{sequence.Shown}: no file holds the value of this sequence.";
        foreach (var (schema, name) in held.Except(all.Select(sequence => (sequence.Schema, sequence.Name))))
            yield return $"{SqlName.Show(schema, name)}: {Join(files.Where(file => file.Contents.Sequences.Any(sequence => sequence.Schema == schema && sequence.Name == name)).Select(file => file.File))} holds the value of a sequence that the database does not have.";
        foreach (var file in files)
        {
            foreach (var twice in file.Contents.Sequences.GroupBy(sequence => (sequence.Schema, sequence.Name)).Where(group => group.Distinct().Count() > 1))
                yield return $"{SqlName.Show(twice.Key.Schema, twice.Key.Name)}: {file.File} holds two values of this sequence.";
        }
    }

    private static IEnumerable<string> LargeObjects(long? expected, IReadOnlyList<ReadDump> files)
    {
        var holders = files.Where(file => file.Contents.LargeObjects.Count > 0).ToArray();
        if (holders.Length > 1)
            yield return $"Large objects are in {Number(holders.Length)} files: {Join(holders.Select(file => file.File))}.";
        var ids = holders.SelectMany(file => file.Contents.LargeObjects).ToHashSet();
        if (holders is [{ } only] && ids.Count != only.Contents.LargeObjects.Count)
            yield return $"{only.File} holds {Number(only.Contents.LargeObjects.Count - ids.Count)} large objects twice.";
        if (expected is { } count && count != ids.Count)
            yield return $"The files hold {Number(ids.Count)} large objects, and the snapshot had {Number(count)}.";
    }

    private static string Join(IEnumerable<string> files) => string.Join(", ", files.Distinct());

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
