using Npgsql;
using SispiAgent.Cluster;

namespace SispiAgent.Postgres;

/// <summary>Reads this host's recovery settings: what the next start would use, so files go before what the running server has.</summary>
internal sealed class RecoverySettingsReader(ServerConnector connector)
{
    private const string ConfigFile = "config_file";

    private const string Query = "SELECT name, setting FROM pg_settings WHERE name IN ('config_file', 'primary_conninfo', 'restore_command', 'promote_trigger_file')";

    /// <summary>Reads them.</summary>
    /// <param name="self">This host.</param>
    /// <param name="status">Its server, as just seen.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<RecoverySettings> ReadAsync(Node self, ServerStatus status, CancellationToken cancellationToken) => RecoverySettings.Read(
        self.DataDirectory, status.KnownVersion, status.KnownVersion < RecoverySettings.Signals ? null : await ReadSettingsAsync(self, status, cancellationToken));

    private async Task<IReadOnlyDictionary<string, SettingEntry>?> ReadSettingsAsync(Node self, ServerStatus status, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, SettingEntry>(StringComparer.OrdinalIgnoreCase);
        if (status.Reach is Reach.Accepting)
        {
            // the connection string is hidden from a role without pg_read_all_settings
            await using var connection = await connector.OpenAsync(self, cancellationToken);
            await using var command = new NpgsqlCommand(Query, connection);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                values[rows.GetString(0)] = new(rows.IsDBNull(1) ? "" : rows.GetString(1), "", 0);
        }

        var file = values.TryGetValue(ConfigFile, out var named) ? named.Value : Path.Combine(self.DataDirectory, "postgresql.conf");
        try
        {
            foreach (var (name, entry) in SettingsFile.ReadEntries(file, self.DataDirectory))
                values[name] = entry;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a package may keep them elsewhere; what the running server has is the next best
        }

        return values.ContainsKey("primary_conninfo") || File.Exists(file) ? values : null;
    }
}
