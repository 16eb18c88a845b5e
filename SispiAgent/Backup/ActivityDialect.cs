namespace SispiAgent.Backup;

/// <summary>How versions show who waits for whom.</summary>
internal static class ActivityDialect
{
    /// <summary>The column of the process id in pg_stat_activity: procpid up to 9.1 (release notes of 9.2).</summary>
    public static string ProcessId(int version) => version >= 90200 ? "pid" : "procpid";

    /// <summary>Who blocks a session, in words: the first one of them.</summary>
    public static string Blockers(int version, int processId) => version >= 90600
        ? $"""
          SELECT coalesce(b.usename, '?') || ' from ' || coalesce(host(b.client_addr), 'the unix socket') || coalesce(', ' || nullif(b.application_name, ''), '') || ' (process ' || b.pid || ')'
          FROM pg_stat_activity b WHERE b.pid = ANY (pg_blocking_pids({processId})) ORDER BY b.xact_start LIMIT 1
          """
        : $"""
          SELECT b.usename::text || ' from ' || coalesce(host(b.client_addr), 'the unix socket') || ' (process ' || h.pid || ')'
          FROM pg_locks w
          JOIN pg_locks h ON h.granted AND h.pid <> w.pid AND h.locktype = 'relation' AND (h.database, h.relation) = (w.database, w.relation) AND h.mode = 'AccessExclusiveLock'
          JOIN pg_stat_activity b ON b.{ProcessId(version)} = h.pid
          WHERE w.pid = {processId} AND NOT w.granted LIMIT 1
          """;

    /// <summary>Sessions that wait behind sessions named <c>$1</c>: their process id and who they are. pg_blocking_pids came with 9.6; before it, pg_locks joined with itself.</summary>
    public static string Waiters(int version) => version >= 90600
        ? """
          SELECT w.pid, coalesce(w.usename, '?') || ' from ' || coalesce(host(w.client_addr), 'the unix socket') || coalesce(', ' || nullif(w.application_name, ''), '') || ', database ' || coalesce(w.datname, '?')
          FROM pg_stat_activity w
          WHERE w.application_name IS DISTINCT FROM $1 AND pg_blocking_pids(w.pid) && ARRAY(SELECT o.pid FROM pg_stat_activity o WHERE o.application_name = $1)
          """
        : $"""
          SELECT DISTINCT w.pid, a.usename::text || ' from ' || coalesce(host(a.client_addr), 'the unix socket') || ', database ' || a.datname
          FROM pg_locks w
          JOIN pg_locks h ON h.granted AND h.locktype = 'relation' AND (h.database, h.relation) = (w.database, w.relation)
          JOIN pg_stat_activity o ON o.{ProcessId(version)} = h.pid AND o.application_name = $1
          JOIN pg_stat_activity a ON a.{ProcessId(version)} = w.pid AND a.application_name <> $1
          WHERE NOT w.granted AND w.locktype = 'relation'
          """;
}
