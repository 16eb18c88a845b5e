using Npgsql;

namespace SispiAgent.Postgres;

/// <summary>How many queries a standby has cancelled since they were in the way of replay (<c>pg_stat_database_conflicts</c>, 9.1 and later; anybody may read it).</summary>
internal static class ReplayConflicts
{
    /// <summary>Since when there is such a view.</summary>
    public const int Since = 90100;

    /// <summary>From this version on logical slots are counted too.</summary>
    private const int LogicalSlots = 160000;

    /// <summary>What a query held that replay wanted, as the view's columns name it.</summary>
    public static IReadOnlyList<string> Kinds(int version) => version >= LogicalSlots
        ? ["snapshot", "lock", "bufferpin", "tablespace", "deadlock", "active_logicalslot"]
        : ["snapshot", "lock", "bufferpin", "tablespace", "deadlock"];

    /// <summary>Reads the counts of all databases, by kind.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        var kinds = Kinds(version);
        await using var command = new NpgsqlCommand($"SELECT {string.Join(", ", kinds.Select(kind => $"COALESCE(sum(confl_{kind}), 0)::int8"))} FROM pg_stat_database_conflicts", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return kinds.Select((kind, i) => (kind, Count: row.GetInt64(i))).ToDictionary(pair => pair.kind, pair => pair.Count);
    }
}
