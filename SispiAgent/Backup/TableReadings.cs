using System.Collections.Concurrent;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>Counts and digests the tables in the snapshot of their dumps, the largest first, between other work of the run.</summary>
internal static class TableReadings
{
    /// <summary>Reads every table that has rows to dump.</summary>
    public static async Task<IReadOnlyDictionary<long, TableReading>> ReadAsync(RunContext run, string database, string session, HeldSnapshot snapshot, DumpSlots slots, CancellationToken cancellationToken)
    {
        var waiting = new ConcurrentQueue<ListedRelation>(snapshot.Relations.Where(relation => relation.HasRows).OrderByDescending(relation => relation.Bytes));
        var total = waiting.Count;
        var columns = run.Options.DigestUpToBytes > 0 ? await TableColumns.ReadAsync(snapshot.Connection, cancellationToken) : new Dictionary<long, IReadOnlyList<string>>();
        var read = new ConcurrentDictionary<long, TableReading>();
        var label = $"{SqlName.Show(database)}, rows";
        await slots.RunAsync([.. Enumerable.Range(0, Math.Min(slots.Count, total))], async (_, token) =>
        {
            await using var connection = await SnapshotSession.OpenInAsync(run.To(database, session), run.Version, snapshot.Id!, token);
            var digests = await TableDigests.PrepareAsync(connection, run.Version, token);
            while (waiting.TryDequeue(out var table))
            {
                var isDigested = table.Bytes <= run.Options.DigestUpToBytes && run.Options.DigestUpToBytes > 0;
                run.Progress.Report(new(label, run.Options.DigestUpToBytes > 0 ? "are counted and digested" : "are counted", (double)read.Count / total));
                if (isDigested)
                {
                    var (rows, digest) = await digests.ReadAsync(table.Schema, table.Name, columns.GetValueOrDefault(table.Oid) ?? [], token);
                    read[table.Oid] = new(rows, digest);
                }
                else
                {
                    read[table.Oid] = new(await digests.CountAsync(table.Schema, table.Name, token), null);
                }
            }
        }, cancellationToken);
        if (total > 0)
            run.Progress.Report(new(label, "counted", 1));
        return read;
    }

    /// <summary>Counts and digests the large objects in the snapshot.</summary>
    public static async Task<TableReading> LargeObjectsAsync(RunContext run, string database, string session, HeldSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.LargeObjectBytes > run.Options.DigestUpToBytes)
            return new(await SnapshotFacts.LargeObjectsAsync(snapshot.Connection, cancellationToken), null);
        await using var connection = await SnapshotSession.OpenInAsync(run.To(database, session), run.Version, snapshot.Id!, cancellationToken);
        var (count, digest) = await (await TableDigests.PrepareAsync(connection, run.Version, cancellationToken)).LargeObjectsAsync(cancellationToken);
        return new(count, digest);
    }
}
