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

    /// <summary>Judges them: one finding a kind.</summary>
    public static IReadOnlyList<Finding> Judge(string node, IReadOnlyList<VacuumHolder> holders, RoomOptions options)
    {
        var old = holders.Where(holder => IsTooOld(holder, options)).ToLookup(holder => holder.Kind);
        return
        [
            .. Judge(node, old[HolderKind.Prepared], Prepared, "a prepared transaction is left open", "Its locks stay, also over a restart, and vacuum removes nothing that died since.", "Does its transaction manager still know it? If not, as its owner or superuser, in its database: ", holder => $"ROLLBACK PREPARED {Literal(holder.Name)};"),
            .. Judge(node, old[HolderKind.Idle], Idle, "a session stays idle in a transaction", "Its locks stay, and vacuum removes nothing that died since it began.", "End the program, or its session: ", holder => $"SELECT pg_terminate_backend({holder.Process});", "From 9.6 on the server does it by itself: idle_in_transaction_session_timeout."),
            .. Judge(node, old[HolderKind.Snapshot], Snapshot, "a session works with an old snapshot", "Vacuum removes nothing that died since; tables grow.", "Is it a report or a backup that takes long, or one that hangs? ", holder => $"SELECT pg_cancel_backend({holder.Process});"),
            .. Judge(node, old[HolderKind.Slot].Concat(old[HolderKind.Feedback]), Slot, "a replication slot holds vacuum back", "Vacuum removes nothing that died since, on the primary.", "", holder => holder.Kind is HolderKind.Feedback ? $"End the long query on the standby {holder.Name}: its pg_stat_activity has the oldest backend_xmin." : $"Is its consumer gone for good? SELECT pg_drop_replication_slot({Literal(holder.Name)});"),
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

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Describe(VacuumHolder holder) => string.Create(CultureInfo.InvariantCulture, $"{holder.Name}, {holder.Description}{(holder.Since is { } since ? $": for {Durations.Words(TimeSpan.FromSeconds(since))}" : "")}{(holder.Transactions is { } held ? $", holds back {held:N0} transactions" : "")}");
}
