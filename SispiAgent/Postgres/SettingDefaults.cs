namespace SispiAgent.Postgres;

/// <summary>What PostgreSQL has where its files say nothing, for a server that can't be asked (its own postgresql.conf.sample, and the recorded settings of 9.0 to 18).</summary>
internal static class SettingDefaults
{
    /// <summary>Settings that take effect at a start only.</summary>
    private static readonly HashSet<string> AtStart = new(StringComparer.OrdinalIgnoreCase)
    {
        "listen_addresses", "port", "max_connections", "superuser_reserved_connections", "logging_collector", "wal_level", "max_wal_senders", "hot_standby", "max_prepared_transactions",
        "max_locks_per_transaction", "max_worker_processes", "shared_buffers", "track_commit_timestamp", "max_replication_slots", "archive_mode", "unix_socket_directory", "unix_socket_directories",
        "shared_preload_libraries", "wal_buffers",
    };

    /// <summary>The default of a setting; <see langword="null"/>: not known here, or made by initdb.</summary>
    public static string? Of(string name, int version) => name.ToLowerInvariant() switch
    {
        "listen_addresses" => "localhost",
        "max_connections" => "100",
        "logging_collector" => "off",
        "log_directory" => version >= 100000 ? "log" : "pg_log",
        "log_filename" => "postgresql-%Y-%m-%d_%H%M%S.log",
        "log_truncate_on_rotation" => "off",
        "log_rotation_age" => "1440",
        "search_path" => "\"$user\",public",
        "wal_level" => version >= 100000 ? "replica" : "minimal",
        "max_wal_senders" => version >= 100000 ? "10" : "0",
        "wal_keep_segments" when version < 130000 => "0",
        "wal_keep_size" when version >= 130000 => "0",
        "hot_standby" => version >= 100000 ? "on" : "off",
        "max_prepared_transactions" => "0",
        "max_locks_per_transaction" => "64",
        "max_worker_processes" when version >= 90400 => "8",
        "track_commit_timestamp" when version >= 90500 => "off",
        _ => null,
    };

    /// <summary>Whether a change takes a restart.</summary>
    public static bool TakesRestart(string name) => AtStart.Contains(name);
}
