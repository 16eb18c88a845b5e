using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Readiness;

/// <summary>Remembers who is connected to the primary, for the question who would be locked out after a failover. It finds nothing wrong by itself.</summary>
internal sealed class ClientsProbe(CurrentSite site, ServerConnector connector, ClientBook book, LiveOptions<ReadinessOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "readiness.clients-seen";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            return [];
        try
        {
            await using var connection = await connector.OpenAsync(self, cancellationToken);
            if (await IsStandbyAsync(connection, cancellationToken))
                return [];
            var now = time.GetUtcNow();
            var clients = await ReadAsync(connection, now, cancellationToken);
            book.Record(clients, now - options.Current.ClientsRemembered);
            board.Record(new(self.Name, "clients", $"{clients.Count} from other hosts now, {book.ReadAll().Count} remembered", true, now));
        }
        catch (NpgsqlException)
        {
            return []; // a standby without hot standby; or down, which the liveness probe tells
        }

        return [];
    }

    private static async Task<bool> IsStandbyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Sessions from other hosts; WAL senders belong to no database.</summary>
    private static async Task<IReadOnlyList<SeenClient>> ReadAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT DISTINCT host(client_addr), usename, datname FROM pg_stat_activity WHERE client_addr IS NOT NULL AND usename IS NOT NULL", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<SeenClient> clients = [];
        while (await rows.ReadAsync(cancellationToken))
            clients.Add(new(rows.GetString(0), rows.GetString(1), await rows.IsDBNullAsync(2, cancellationToken) ? "" : rows.GetString(2), now));
        return clients;
    }
}
