namespace SispiAgent.Postgres;

/// <summary>How a version's functions for WAL positions are called.</summary>
/// <param name="Current">Where a primary writes.</param>
/// <param name="Received">What a standby has received by streaming.</param>
/// <param name="Replayed">What it has replayed.</param>
/// <param name="FileName">The segment of a position; its first eight digits are the timeline. Primary only.</param>
internal sealed record PositionDialect(string Current, string Received, string Replayed, string FileName)
{
    /// <summary>The names for a version: xlog became wal, location became lsn in 10 (release notes).</summary>
    public static PositionDialect For(int version) => version >= 100000
        ? new("pg_current_wal_lsn()", "pg_last_wal_receive_lsn()", "pg_last_wal_replay_lsn()", "pg_walfile_name")
        : new("pg_current_xlog_location()", "pg_last_xlog_receive_location()", "pg_last_xlog_replay_location()", "pg_xlogfile_name");
}
