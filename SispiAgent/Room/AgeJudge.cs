using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges how far a server is from running out of transaction ids. Pure.</summary>
internal static class AgeJudge
{
    /// <summary>Transaction ids run out.</summary>
    public static readonly FindingCode Transactions = new("room.transaction-age");

    /// <summary>Multixact ids run out.</summary>
    public static readonly FindingCode Multixacts = new("room.multixact-age");

    /// <summary>Half of the ids of 32 bits: nothing may be older.</summary>
    private const long Wraparound = int.MaxValue;

    /// <summary>How to ask, on a version. <c>mxid_age()</c> came with 9.5.</summary>
    public static string Query(int version) => $"SELECT datname::text, age(datfrozenxid)::bigint, {(version >= 90500 ? "mxid_age(datminmxid)::bigint" : "NULL::bigint")} FROM pg_database ORDER BY 2 DESC";

    /// <summary>Judges them: one finding a kind, the worst database decides.</summary>
    public static IReadOnlyList<Finding> Judge(string node, IReadOnlyList<DatabaseAge> ages, RoomOptions options) =>
    [
        .. Judge(Transactions, "transaction", "age(relfrozenxid)", node, [.. ages.Select(age => (age.Database, age.Transactions))], options),
        .. Judge(Multixacts, "multixact", "mxid_age(relminmxid)", node, [.. ages.Where(age => age.Multixacts is not null).Select(age => (age.Database, age.Multixacts!.Value))], options),
    ];

    private static IEnumerable<Finding> Judge(FindingCode code, string kind, string tableAge, string node, IReadOnlyList<(string Database, long Age)> ages, RoomOptions options)
    {
        (string Database, long Age)[] old = [.. ages.Where(age => age.Age >= options.AgeWarning).OrderByDescending(age => age.Age)];
        if (old.Length == 0)
            yield break;
        yield return new(code, node, old[0].Age >= options.AgeCritical ? Severity.Critical : Severity.Warning, $"{kind} ids run out")
        {
            Evidence = [.. old.Select(age => string.Create(CultureInfo.InvariantCulture, $"{age.Database}: the oldest is {age.Age:N0} {kind}s old, {100 * age.Age / Wraparound} % of what there is"))],
            Effect = "Autovacuum does not get its freezing done. Shortly before the end the server refuses to write until a vacuum has run.",
            Remedy =
            [
                "What holds it back? See the findings room.prepared-transaction, room.idle-in-transaction, room.old-snapshot, room.slot-xmin.",
                $"Which tables: SELECT oid::regclass, {tableAge} FROM pg_class WHERE relkind IN ('r','t','m') ORDER BY 2 DESC LIMIT 20;",
                "In each database named above, as superuser: VACUUM (FREEZE) TABLE;",
            ],
        };
    }
}
