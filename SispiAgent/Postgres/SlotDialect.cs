namespace SispiAgent.Postgres;

/// <summary>
/// How a version counts connections. The agent comes in as superuser by slots that are kept for it, and would not notice that everybody
/// else is turned away.
/// </summary>
/// <param name="HasBackendType">Whether <c>pg_stat_activity</c> lists other processes too and tells them apart: from 10.</param>
/// <param name="SendersCount">Whether WAL senders take <c>max_connections</c>' slots: up to 11.</param>
/// <param name="HasReserved">Whether there is <c>reserved_connections</c>: from 16.</param>
internal sealed record SlotDialect(bool HasBackendType, bool SendersCount, bool HasReserved)
{
    /// <summary>The rules of a version.</summary>
    public static SlotDialect For(int version) => new(version >= 100000, version < 120000, version >= 160000);

    /// <summary>How many slots ordinary clients have left, beside the asking session: 0 or less means that they are turned away (53300).</summary>
    public string Query => $"""
        SELECT (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int{(HasReserved ? " - current_setting('reserved_connections')::int" : "")}
            - (SELECT count(*) FROM pg_stat_activity{(HasBackendType ? $" WHERE backend_type IN ('client backend'{(SendersCount ? ", 'walsender'" : "")})" : "")}) + 1)::text
        """;
}
