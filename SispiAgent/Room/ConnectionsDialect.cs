using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>How a version lists its sessions; which of them count against the limit, <see cref="SlotDialect"/> says.</summary>
/// <param name="Slots">What counts.</param>
/// <param name="HasState">Whether there is a column <c>state</c>: from 9.2; before, <c>current_query</c> tells.</param>
internal sealed record ConnectionsDialect(SlotDialect Slots, bool HasState)
{
    /// <summary>The columns of a version.</summary>
    public static ConnectionsDialect For(int version) => new(SlotDialect.For(version), version >= 90200);

    /// <summary>What ordinary clients may have.</summary>
    public string Limit => $"SELECT (current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint{(Slots.HasReserved ? " - current_setting('reserved_connections')::bigint" : "")})";

    /// <summary>Who holds connections, the most first; without the asking session.</summary>
    public string Holders => $"""
        SELECT coalesce(usename::text, ''), coalesce(application_name, ''), coalesce(host(client_addr), 'local'), count(*),
            coalesce(sum(CASE WHEN {(HasState ? "state = 'idle'" : "current_query = '<IDLE>'")} THEN 1 ELSE 0 END), 0)::bigint
        FROM pg_stat_activity
        WHERE {(HasState ? "pid" : "procpid")} <> pg_backend_pid(){(Slots.HasBackendType ? $" AND backend_type IN ('client backend'{(Slots.SendersCount ? ", 'walsender'" : "")})" : "")}
        GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
        """;
}
