using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Npgsql.Replication;
using SispiAgent.Cluster;
using SispiAgent.Configuration;

namespace SispiAgent.Postgres;

/// <summary>Finds out what can be known of a server: over SQL where it answers, from its host where it is this one.</summary>
internal sealed class ServerReader(ServerConnector connector, Refusals refusals, LocalEvidenceReader evidence, CurrentSite site, LiveOptions<PostgresOptions> options, TimeProvider time)
{
    /// <summary>The looks that have not ended, by their nodes. The probes of a schedule begin at the same moment, and each of them looks.</summary>
    private readonly ConcurrentDictionary<string, Lazy<Task<ServerStatus>>> _looks = new();

    /// <summary>Servers of 9.4 and 9.5 that let the agent in for no replication, and since when that is known.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _closed = new();

    private static readonly TimeSpan TriedAgainAfter = TimeSpan.FromHours(1);

    /// <summary>Looks once, or waits for a look that another probe has begun. A server that does not answer is a result; a data directory that can't be read is an exception.</summary>
    public async Task<ServerStatus> ReadAsync(Node node, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // it is everybody's: who gives up waiting does not end it; each of its waits has a limit
        var look = _looks.GetOrAdd(node.Name, _ => new(() => LookAsync(node, CancellationToken.None)));
        try
        {
            return await look.Value.WaitAsync(cancellationToken);
        }
        finally
        {
            _looks.TryRemove(new(node.Name, look));
        }
    }

    private async Task<ServerStatus> LookAsync(Node node, CancellationToken cancellationToken)
    {
        var isBelieved = refusals.IsBelieved(node);
        var status = await AskAsync(node, cancellationToken);
        if (node != site.Value.Self || node.Kind is not NodeKind.Database)
            return status;

        var local = await evidence.ReadAsync(node, cancellationToken);
        if (isBelieved && status.Reach is Reach.NotAccepting && local is { IsWorkingStandby: false, PidFile.Status: null })
        {
            // up to 9.6: it was taken to refuse, and has been promoted or restarted since
            refusals.Forget(node);
            status = await AskAsync(node, cancellationToken);
        }

        status = status with { Local = local, ReplayPoints = [.. local.Control?.ReplayPoints() ?? status.ReplayPoints] };
        if (status.Role is not null || local.Postmaster is null)
        {
            // 9.0 to 9.3 tell neither over SQL
            return status with { SystemIdentifier = status.SystemIdentifier ?? local.Control?.SystemIdentifier, Timeline = status.Timeline ?? local.Control?.Timeline };
        }

        return status with
        {
            Role = local.IsWorkingStandby ? ServerRole.Standby : local.Control?.State is ControlState.InProduction && !local.HasStartupProcess ? ServerRole.Primary : null,
            SystemIdentifier = local.Control?.SystemIdentifier,
            Timeline = local.Control?.Timeline,
            Position = local.Receiver?.Position ?? local.Control?.MinimumRecoveryEnd,
        };
    }

    private async Task<ServerStatus> AskAsync(Node node, CancellationToken cancellationToken)
    {
        var settings = connector.ConnectionString(node);
        var status = new ServerStatus(node.Name, time.GetUtcNow(), Reach.Accepting)
        {
            Way = settings.Host!.StartsWith('/') ? $"unix socket {settings.Host}/.s.PGSQL.{settings.Port}" : $"{settings.Host}:{settings.Port}",
        };
        try
        {
            await using var connection = await connector.OpenAsync(node, cancellationToken);
            return await IdentifyAsync(node, await ReadAsync(status, connection, cancellationToken), connection, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException or AgentException)
        {
            var reach = await RefineAsync(ReachJudge.Judge(e), e, settings, cancellationToken);
            var passFile = reach is Reach.BadCredentials ? connector.PassFileProblem() : null;
            return status with { At = time.GetUtcNow(), Reach = reach, Problem = passFile is null ? e.Message : $"{e.Message} ({passFile})" };
        }
    }

    private static async Task<ServerStatus> ReadAsync(ServerStatus status, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = int.Parse(await ScalarAsync(connection, "SHOW server_version_num", cancellationToken) ?? "0", CultureInfo.InvariantCulture);
        var functions = PositionDialect.For(version);
        var standby = await ScalarAsync(connection, "SELECT pg_is_in_recovery()::text", cancellationToken) == "true";
        var free = int.Parse(await ScalarAsync(connection, SlotDialect.For(version).Query, cancellationToken) ?? "1", CultureInfo.InvariantCulture);
        status = status with
        {
            Version = version,
            Role = standby ? ServerRole.Standby : ServerRole.Primary,
            StartedAt = long.TryParse(await ScalarAsync(connection, "SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint::text", cancellationToken), NumberStyles.None, CultureInfo.InvariantCulture, out var started) ? DateTimeOffset.FromUnixTimeMilliseconds(started) : null,
        };
        if (free <= 0)
            status = status with { Reach = Reach.Full, Problem = "the agent came in by a superuser's slot; every other one is taken" };
        status = standby
            ? status with
            {
                Position = WalPosition.TryParse(await ScalarAsync(connection, $"SELECT {functions.Received}::text", cancellationToken)),
                Replayed = WalPosition.TryParse(await ScalarAsync(connection, $"SELECT {functions.Replayed}::text", cancellationToken)),
                IsReplayPaused = version >= 90100 && await ScalarAsync(connection, version >= 100000 ? "SELECT pg_is_wal_replay_paused()::text" : "SELECT pg_is_xlog_replay_paused()::text", cancellationToken) == "true",
            }
            : status with
            {
                Position = WalPosition.TryParse(await ScalarAsync(connection, $"SELECT {functions.Current}::text", cancellationToken)),
                Timeline = long.Parse((await ScalarAsync(connection, $"SELECT substr({functions.FileName}({functions.Current}), 1, 8)", cancellationToken))!, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            };
        if (standby && ReceiverDialect.For(version) is { HasView: true } receiver)
            status = await ReadReceiverAsync(status, receiver, connection, cancellationToken);
        return status;
    }

    /// <summary>The receiver knows the timeline that it receives; the last restart point's may be an older one.</summary>
    private static async Task<ServerStatus> ReadReceiverAsync(ServerStatus status, ReceiverDialect dialect, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(dialect.Query, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken) || row.IsDBNull(0))
            return status; // no receiver, or a role that may not see it
        return status with
        {
            ReceiverState = row.GetString(0),
            Position = (row.IsDBNull(1) ? null : WalPosition.TryParse(row.GetString(1))) ?? status.Position,
            Timeline = row.IsDBNull(2) ? null : row.GetInt32(2),
        };
    }

    /// <summary>System identifier, and a standby's timeline: functions from 9.6 on, in 9.4 and 9.5 the replication protocol's IDENTIFY_SYSTEM.</summary>
    private async Task<ServerStatus> IdentifyAsync(Node node, ServerStatus status, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (status.Version >= 90600)
        {
            var timeline = await ScalarAsync(connection, "SELECT timeline_id::text FROM pg_control_checkpoint()", cancellationToken);
            return status with
            {
                SystemIdentifier = await ScalarAsync(connection, "SELECT system_identifier::text FROM pg_control_system()", cancellationToken),
                Timeline = status.Timeline ?? (timeline is null ? null : long.Parse(timeline, CultureInfo.InvariantCulture)),
                ReplayPoints = status.Role is ServerRole.Standby ? await ReadReplayPointsAsync(connection, cancellationToken) : [],
            };
        }

        var isOwn = node == site.Value.Self && node.Kind is NodeKind.Database; // its control file has both
        if (isOwn || status.Version < 90400 || (_closed.TryGetValue(node.Name, out var since) && time.GetUtcNow() - since < TriedAgainAfter))
            return status; // Npgsql expects the answer's fourth column, which came with 9.4: the own host's control file has to do
        try
        {
            await using var replication = new PhysicalReplicationConnection(connection.ConnectionString);
            await replication.Open(cancellationToken);
            var identity = await replication.IdentifySystem(cancellationToken);
            return status with { SystemIdentifier = identity.SystemId, Timeline = status.Timeline ?? identity.Timeline };
        }
        catch (NpgsqlException)
        {
            _closed[node.Name] = time.GetUtcNow(); // each try is a FATAL line in its log
            return status; // the server lives and answered; that it lets us in for no replication is no fault of it
        }
    }

    private static async Task<IReadOnlyList<ReplayPoint>> ReadReplayPointsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string query = """
            SELECT timeline_id::bigint, checkpoint_%::text FROM pg_control_checkpoint()
            UNION ALL SELECT min_recovery_end_timeline::bigint, min_recovery_end_%::text FROM pg_control_recovery()
            """;
        var names = query.Replace("%", connection.PostgreSqlVersion.Major >= 10 ? "lsn" : "location", StringComparison.Ordinal);
        await using var command = new NpgsqlCommand(names, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<ReplayPoint> points = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            if (WalPosition.TryParse(rows.GetString(1)) is { } position)
                points.Add(new(rows.GetInt64(0), position));
        }

        return points;
    }

    private async Task<Reach> RefineAsync(Reach reach, Exception failure, NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        if (reach is Reach.NotAnswering && !settings.Host!.StartsWith('/'))
            return await ConnectsAsync(settings.Host, settings.Port, cancellationToken) ? Reach.NotAnswering : Reach.Unreachable;

        // without a password Npgsql gives up by itself; with a wrong one, a PostgreSQL server says 28P01 and anything else does not
        if (reach is Reach.NotPostgres && failure is NpgsqlException { InnerException: null })
        {
            var withPassword = new NpgsqlConnectionStringBuilder(settings.ToString()) { Password = "-" };
            try
            {
                await using var connection = new NpgsqlConnection(withPassword.ToString());
                await connection.OpenAsync(cancellationToken);
            }
            catch (NpgsqlException e)
            {
                return ReachJudge.Judge(e);
            }
        }

        return reach;
    }

    private async Task<bool> ConnectsAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Current.ConnectTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<string?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
