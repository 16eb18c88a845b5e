namespace SispiAgent.Postgres;

/// <summary>How a version shows its WAL receiver to those who can ask.</summary>
/// <param name="HasView">Whether there is <c>pg_stat_wal_receiver</c>: from 9.6.</param>
/// <param name="PositionColumn"><c>received_lsn</c>, from 13 <c>flushed_lsn</c>.</param>
internal sealed record ReceiverDialect(bool HasView, string PositionColumn)
{
    /// <summary>The names for a version.</summary>
    public static ReceiverDialect For(int version) => new(version >= 90600, version >= 130000 ? "flushed_lsn" : "received_lsn");

    /// <summary>Reads the receiver: a row, or none when there is no receiver.</summary>
    public string Query => $"SELECT status, {PositionColumn}::text, received_tli FROM pg_stat_wal_receiver WHERE pid IS NOT NULL";
}
