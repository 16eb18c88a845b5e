using System.Collections.Concurrent;
using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>Counts and digests the tables in the snapshot of their dumps, the largest first, between other work of the run.</summary>
internal static class TableReadings
{
    /// <summary>Reads every table that has rows to dump.</summary>
    public static async Task<IReadOnlyDictionary<long, TableReading>> ReadAsync(RunContext run, string database, string session, string snapshot, IReadOnlyList<ListedRelation> relations, DumpSlots slots, CancellationToken cancellationToken)
    {
        var waiting = new ConcurrentQueue<ListedRelation>(relations.Where(relation => relation.HasRows).OrderByDescending(relation => relation.Bytes));
        var total = waiting.Count;
        var read = new ConcurrentDictionary<long, TableReading>();
        var label = $"{SqlName.Show(database)}, rows";
        var workers = Enumerable.Range(0, Math.Min(slots.Count, total)).ToArray();
        await slots.RunAsync(workers, async (_, token) =>
        {
            await using var connection = await SnapshotSession.OpenInAsync(run.To(database, session), run.Version, snapshot, token);
            while (waiting.TryDequeue(out var table))
            {
                run.Progress.Report(new(label, table.Bytes <= run.Options.DigestUpToBytes ? "are counted and digested" : "are counted", (double)read.Count / total));
                read[table.Oid] = await ReadAsync(connection, table, token);
            }
        }, cancellationToken);
        if (total > 0)
            run.Progress.Report(new(label, "counted", 1));
        return read;
    }

    private static async Task<TableReading> ReadAsync(NpgsqlConnection connection, ListedRelation table, CancellationToken cancellationToken)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM ONLY {table.Quoted}", connection);
        return new((long)(await count.ExecuteScalarAsync(cancellationToken))!, null);
    }
}
