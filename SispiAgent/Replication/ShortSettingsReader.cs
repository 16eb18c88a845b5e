using System.Globalization;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Finds the settings of a standby that are too small for what it replays.</summary>
internal sealed class ShortSettingsReader(ServerConnector connector)
{
    /// <summary>From which version on each binds.</summary>
    private static readonly (string Name, int Since)[] Binding =
        [("max_connections", 0), ("max_prepared_transactions", 0), ("max_locks_per_transaction", 0), ("max_worker_processes", 90400), ("max_wal_senders", 120000)];

    /// <summary>Reads them over SQL: of a standby that answers, and whose replay is paused.</summary>
    /// <param name="standby">The standby or mirror.</param>
    /// <param name="version">Its version.</param>
    /// <param name="control">Its control file, which says what it needs; <see langword="null"/>: it can't be read from here.</param>
    /// <param name="primary">The primary, whose settings say it else.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>None too if it can't be told.</returns>
    public async Task<IReadOnlyList<ShortSetting>> ReadAsync(Node standby, int version, ControlFile? control, Node? primary, CancellationToken cancellationToken)
    {
        try
        {
            var own = await ReadAsync(standby, cancellationToken);
            var needs = control is { Needs.Count: > 0 } ? control.Needs
                : primary is null ? new Dictionary<string, long>()
                : (await ReadAsync(primary, cancellationToken)).ToDictionary(one => one.Name, one => one.Has);
            return
            [
                .. from binding in Binding
                   where version >= binding.Since
                   let found = own.FirstOrDefault(one => one.Name == binding.Name)
                   where found is not null && needs.TryGetValue(binding.Name, out var needed) && found.Has < needed
                   select found with { Needs = needs[binding.Name] },
            ];
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or AgentException)
        {
            return [];
        }
    }

    private async Task<IReadOnlyList<ShortSetting>> ReadAsync(Node node, CancellationToken cancellationToken)
    {
        await using var connection = await connector.OpenAsync(node, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT name, setting, sourcefile, sourceline, (SELECT setting FROM pg_settings WHERE name = 'config_file')
            FROM pg_settings WHERE name IN ('max_connections', 'max_prepared_transactions', 'max_locks_per_transaction', 'max_worker_processes', 'max_wal_senders') ORDER BY name
            """,
            connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<ShortSetting> settings = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            settings.Add(new(rows.GetString(0), long.Parse(rows.GetString(1), CultureInfo.InvariantCulture), 0)
            {
                Line = rows.IsDBNull(2) || rows.IsDBNull(3) ? null : new("", rows.GetString(2), rows.GetInt32(3)),
                MainFile = rows.IsDBNull(4) ? null : rows.GetString(4),
            });
        }

        return settings;
    }
}
