using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges what holds vacuum back. Pure.</summary>
internal static class HolderJudge
{
    /// <summary>A prepared transaction that nobody finishes.</summary>
    public static readonly FindingCode Prepared = new("room.prepared-transaction");

    /// <summary>A session stays idle in a transaction.</summary>
    public static readonly FindingCode Idle = new("room.idle-in-transaction");

    /// <summary>A session works with an old snapshot.</summary>
    public static readonly FindingCode Snapshot = new("room.old-snapshot");

    /// <summary>A replication slot or a standby's feedback holds vacuum back.</summary>
    public static readonly FindingCode Slot = new("room.slot-xmin");

    private const int Most = 10;

    private static readonly HolderKind[] Slots = [HolderKind.PhysicalSlot, HolderKind.LogicalSlot, HolderKind.UnusedPhysicalSlot, HolderKind.UnusedLogicalSlot, HolderKind.Feedback];

    /// <summary>Judges them: one finding a kind.</summary>
    public static IReadOnlyList<Finding> Judge(string node, IReadOnlyList<VacuumHolder> holders, RoomOptions options)
    {
        var old = holders.Where(holder => IsTooOld(holder, options)).ToLookup(holder => holder.Kind);
        return
        [
            .. Judge(node, old[HolderKind.Prepared], Prepared, "a prepared transaction is left open", "Its locks stay, also over a restart, and vacuum removes nothing that died since.", "Does its transaction manager still know it? If not, as its owner or superuser, in its database: ", holder => $"ROLLBACK PREPARED {Literal(holder.Name)};"),
            .. Judge(node, old[HolderKind.Idle], Idle, "a session stays idle in a transaction", "Its locks stay, and vacuum removes nothing that died since it began.", "End the program, or its session: ", holder => $"SELECT pg_terminate_backend({holder.Process});", "From 9.6 on the server does it by itself: idle_in_transaction_session_timeout."),
            .. Judge(node, old[HolderKind.Snapshot], Snapshot, "a session works with an old snapshot", "Vacuum removes nothing that died since; tables grow.", "Is it a report or a backup that takes long, or one that hangs? ", holder => $"SELECT pg_cancel_backend({holder.Process});"),
            .. Judge(node, Slots.SelectMany(kind => old[kind]), Slot, "a replication slot holds vacuum back", "Vacuum removes nothing that died since, on the primary.", "", OfReplication),
        ];
    }

    /// <summary>Whether it has lasted too long.</summary>
    internal static bool IsTooOld(VacuumHolder holder, RoomOptions options) => holder.Kind switch
    {
        HolderKind.Prepared => holder.Since >= options.PreparedAfter.TotalSeconds,
        HolderKind.Idle => holder.Since >= options.IdleInTransactionAfter.TotalSeconds,
        HolderKind.Snapshot => holder.Since >= options.SnapshotAfter.TotalSeconds,
        _ => holder.Transactions >= options.SlotTransactions,
    };

    private static IEnumerable<Finding> Judge(string node, IEnumerable<VacuumHolder> old, FindingCode code, string summary, string effect, string first, Func<VacuumHolder, string> step, params string[] remedy)
    {
        VacuumHolder[] worst = [.. old.OrderByDescending(holder => holder.Since ?? 0).ThenByDescending(holder => holder.Transactions ?? 0).Take(Most)];
        if (worst.Length > 0)
            yield return new(code, node, Severity.Warning, summary) { Evidence = [.. worst.Select(Describe)], Effect = effect, Remedy = [.. worst.Select((holder, at) => at == 0 ? first + step(holder) : step(holder)), .. remedy] };
    }

    /// <summary>A slot that is in use can't be dropped.</summary>
    private static string OfReplication(VacuumHolder holder) => holder.Kind switch
    {
        HolderKind.Feedback => $"End the long query on the standby {holder.Name}: its pg_stat_activity has the oldest backend_xmin.",
        HolderKind.PhysicalSlot => $"End the long query on the standby that uses slot {holder.Name} (hot_standby_feedback): its pg_stat_activity has the oldest backend_xmin.",
        HolderKind.LogicalSlot => $"Does the subscriber that uses slot {holder.Name} get on? Look at its log, and at confirmed_flush_lsn in pg_replication_slots here.",
        HolderKind.UnusedPhysicalSlot => $"Is its standby gone for good? Without the slot it has only what wal_keep_size (before 13: wal_keep_segments) keeps: SELECT pg_drop_replication_slot({Literal(holder.Name)});",
        _ => $"Is its subscriber gone for good? SELECT pg_drop_replication_slot({Literal(holder.Name)});",
    };

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Describe(VacuumHolder holder) => string.Create(CultureInfo.InvariantCulture, $"{holder.Name}, {holder.Description}{(holder.Since is { } since ? $": for {Durations.Words(TimeSpan.FromSeconds(since))}" : "")}{(holder.Transactions is { } held ? $", holds back {held:N0} transactions" : "")}");
}
