namespace SispiAgent.Postgres;

/// <summary>How a version shows its WAL senders.</summary>
/// <param name="HasView">Whether there is <c>pg_stat_replication</c>: from 9.1.</param>
/// <param name="ProcessColumn"><c>procpid</c> in 9.1, <c>pid</c> later.</param>
/// <param name="PositionSuffix"><c>location</c>, from 10 <c>lsn</c>.</param>
/// <param name="HasLag">Whether it measures lag as time too: from 10.</param>
internal sealed record SenderDialect(bool HasView, string ProcessColumn, string PositionSuffix, bool HasLag)
{
    /// <summary>The names for a version.</summary>
    public static SenderDialect For(int version) => new(version >= 90100, version >= 90200 ? "pid" : "procpid", version >= 100000 ? "lsn" : "location", version >= 100000);

    /// <summary>Reads every sender; positions as text.</summary>
    public string Query => $"""
        SELECT {ProcessColumn}, application_name, client_addr::text, state, sent_{PositionSuffix}::text, write_{PositionSuffix}::text, flush_{PositionSuffix}::text, replay_{PositionSuffix}::text,
            {(HasLag ? "extract(epoch from replay_lag)" : "NULL")}::float8
        FROM pg_stat_replication
        """;
}
