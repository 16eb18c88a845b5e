namespace SispiAgent.Room;

/// <summary>How a version shows what holds vacuum back.</summary>
/// <param name="HasState">Whether sessions have a <c>state</c> and when it changed: from 9.2.</param>
/// <param name="HasXmin">Whether sessions, senders and slots show their <c>xmin</c>: from 9.4, which also has slots.</param>
/// <param name="HasBackendType">Whether server processes are listed with the sessions: from 10.</param>
internal sealed record HolderDialect(bool HasState, bool HasXmin, bool HasBackendType)
{
    /// <summary>The columns of a version.</summary>
    public static HolderDialect For(int version) => new(version >= 90200, version >= 90400, version >= 100000);

    private string ProcessId => HasState ? "pid" : "procpid";

    private string IsIdle => HasState ? "state IN ('idle in transaction', 'idle in transaction (aborted)')" : "current_query LIKE '<IDLE> in transaction%'";

    /// <summary>A lazy vacuum holds no other one back, and one against wraparound must not be cancelled. Up to 9.6 autovacuum's workers are sessions; VACUUM FULL does hold back.</summary>
    private string IsVacuum => $"coalesce({(HasState ? "query" : "current_query")}, '') ~* '^(autovacuum: |[[:space:]]*VACUUM(?![[:alnum:]_]|[[:space:]]*(FULL|[(][^)]*FULL)))'";

    private string Xmin => HasXmin ? "age(backend_xmin)::bigint" : "NULL::bigint";

    /// <summary>Every query: kind, name, description, seconds, transactions, process (NULL for what is none).</summary>
    public IReadOnlyList<(HolderKind Kind, string Sql)> Queries =>
    [
        (HolderKind.Prepared, "SELECT gid, 'of ' || owner || ' in database ' || database, extract(epoch FROM now() - prepared)::float8, age(transaction)::bigint, NULL::bigint FROM pg_prepared_xacts"),
        (HolderKind.Idle, Sessions($"extract(epoch FROM now() - {(HasState ? "state_change" : "xact_start")})::float8", IsIdle)),
        (HolderKind.Snapshot, Sessions("extract(epoch FROM now() - xact_start)::float8", $"NOT ({IsIdle}) AND NOT ({IsVacuum}) AND xact_start IS NOT NULL{(HasXmin ? " AND backend_xmin IS NOT NULL" : "")}")),
        .. HasXmin ? OfReplication : [],
    ];

    private string Sessions(string since, string condition) => $"""
        SELECT 'process ' || {ProcessId}, 'of ' || coalesce(usename::text, '') || ' in database ' || coalesce(datname::text, '') || ', program ' || coalesce(application_name, '') || ', from ' || coalesce(host(client_addr), 'local'), {since}, {Xmin}, {ProcessId}::bigint
        FROM pg_stat_activity WHERE {ProcessId} <> pg_backend_pid() AND {condition}{(HasBackendType ? " AND backend_type = 'client backend'" : "")}
        """;

    private static (HolderKind, string)[] OfReplication =>
    [
        Slots(HolderKind.PhysicalSlot, "physical", true),
        Slots(HolderKind.LogicalSlot, "logical", true),
        Slots(HolderKind.UnusedPhysicalSlot, "physical", false),
        Slots(HolderKind.UnusedLogicalSlot, "logical", false),
        (HolderKind.Feedback, "SELECT coalesce(application_name, ''), 'a standby''s feedback (hot_standby_feedback), from ' || coalesce(host(client_addr), 'local'), NULL::float8, age(backend_xmin)::bigint, NULL::bigint FROM pg_stat_replication WHERE backend_xmin IS NOT NULL"),
    ];

    private static (HolderKind, string) Slots(HolderKind kind, string type, bool isActive) => (kind, $"""
        SELECT slot_name::text, 'a {type} replication slot, {(isActive ? "in use" : "used by nobody")}', NULL::float8, greatest(age(xmin), age(catalog_xmin))::bigint, NULL::bigint
        FROM pg_replication_slots WHERE (xmin IS NOT NULL OR catalog_xmin IS NOT NULL) AND slot_type = '{type}' AND {(isActive ? "" : "NOT ")}active
        """);
}
