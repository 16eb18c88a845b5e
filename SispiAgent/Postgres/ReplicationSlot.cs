using Npgsql;

namespace SispiAgent.Postgres;

/// <summary>A replication slot (9.4 and later): it keeps WAL for a consumer, also for one that is gone.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsActive">Whether a consumer uses it now.</param>
/// <param name="ProcessId">The sender that uses it; <see langword="null"/> before 9.5, or if none does.</param>
/// <param name="Restart">The oldest WAL that it keeps; <see langword="null"/> if it keeps none.</param>
/// <param name="Status">From 13: <c>reserved</c>, <c>extended</c>, <c>unreserved</c> or <c>lost</c>; else <see langword="null"/>.</param>
/// <param name="SafeBytes">From 13, with max_slot_wal_keep_size: how much may be written until it can be lost; <see langword="null"/>: it keeps without limit.</param>
internal sealed record ReplicationSlot(string Name, bool IsActive, int? ProcessId, WalPosition? Restart, string? Status, long? SafeBytes)
{
    /// <summary>Whether what it kept is gone.</summary>
    public bool IsLost => Status is "lost";

    /// <summary>Whether it keeps whatever is needed, until the disk is full.</summary>
    public bool KeepsWithoutLimit => Restart is not null && !IsLost && SafeBytes is null;

    /// <summary>Reads all slots; none before 9.4.</summary>
    public static async Task<IReadOnlyList<ReplicationSlot>> ReadAllAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        if (version < 90400)
            return [];
        await using var command = new NpgsqlCommand(Query(version), connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<ReplicationSlot> slots = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            slots.Add(new(
                rows.GetString(0), rows.GetBoolean(1), rows.IsDBNull(2) ? null : rows.GetInt32(2), rows.IsDBNull(3) ? null : WalPosition.TryParse(rows.GetString(3)),
                rows.IsDBNull(4) ? null : rows.GetString(4), rows.IsDBNull(5) ? null : rows.GetInt64(5)));
        }

        return slots;
    }

    private static string Query(int version) => $"""
        SELECT slot_name::text, active, {(version >= 90500 ? "active_pid" : "NULL::int")}, restart_lsn::text,
            {(version >= 130000 ? "wal_status, safe_wal_size" : "NULL::text, NULL::bigint")}
        FROM pg_replication_slots
        """;
}
