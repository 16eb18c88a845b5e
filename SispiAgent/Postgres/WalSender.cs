using Npgsql;

namespace SispiAgent.Postgres;

/// <summary>A row of <c>pg_stat_replication</c>.</summary>
/// <param name="ProcessId">The sender's process.</param>
/// <param name="ApplicationName">What the receiver calls itself; <c>walreceiver</c> unless set.</param>
/// <param name="ClientAddress">From where it is connected; <see langword="null"/> by unix socket, or without permission.</param>
/// <param name="State"><c>streaming</c>, <c>catchup</c>, <c>backup</c>, <c>startup</c>; <see langword="null"/>: the agent's role may not see it.</param>
/// <param name="Sent">Up to where WAL was sent.</param>
/// <param name="Replayed">Up to where the other end has replayed; <see langword="null"/> for one that never replays (pg_receivewal).</param>
internal sealed record WalSender(int ProcessId, string ApplicationName, string? ClientAddress, string? State, WalPosition? Sent, WalPosition? Replayed)
{
    /// <summary>Up to where the other end has written; <see langword="null"/> where only a title tells.</summary>
    public WalPosition? Written { get; init; }

    /// <summary>Up to where it is safe on the other end's disk; <see langword="null"/> where only a title tells.</summary>
    public WalPosition? Flushed { get; init; }

    /// <summary>How long ago what was replayed last was written here (10 and later). An idle primary has none.</summary>
    public TimeSpan? ReplayLag { get; init; }

    /// <summary>What the other end certainly has.</summary>
    public WalPosition? Received => Flushed ?? Replayed ?? Sent;

    private static readonly string[] Tools = ["pg_basebackup", "pg_receivewal", "pg_receivexlog"];

    /// <summary>Whether it feeds a standby: not a base backup, not a tool that only stores WAL.</summary>
    public bool FeedsStandby => State is not ("backup" or "startup") && !Tools.Contains(ApplicationName);

    /// <summary>The senders as their process titles show them: all that 9.0 has, and enough to see that they are there.</summary>
    public static IReadOnlyList<WalSender> FromTitles(LocalEvidence local) =>
        [.. local.Senders.Select(sender => new WalSender(sender.Process.Id, "", sender.Client, sender.Process.IsFrozen ? "stopped by a signal" : "connected", sender.Position, null))];

    /// <summary>Reads every sender of a primary.</summary>
    /// <exception cref="AgentException">The version has no such view (9.0).</exception>
    public static async Task<IReadOnlyList<WalSender>> ReadAllAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        var dialect = SenderDialect.For(version);
        if (!dialect.HasView)
            throw new AgentException("PostgreSQL 9.0 has no pg_stat_replication.", "Its senders are read from the process titles on its own host.");

        await using var command = new NpgsqlCommand(dialect.Query, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<WalSender> senders = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
            senders.Add(new(rows.GetInt32(0), Text(1) ?? "", Text(2)?.Split('/')[0], Text(3), WalPosition.TryParse(Text(4)), WalPosition.TryParse(Text(7)))
            {
                Written = WalPosition.TryParse(Text(5)),
                Flushed = WalPosition.TryParse(Text(6)),
                ReplayLag = rows.IsDBNull(8) ? null : TimeSpan.FromSeconds(rows.GetDouble(8)),
            });
        }

        return senders;
    }
}
