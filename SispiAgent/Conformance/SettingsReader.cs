using System.Globalization;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>Reads a server's configuration: over SQL where it answers, and on its own host from the files too.</summary>
internal sealed class SettingsReader(CurrentSite site, ServerConnector connector, LocalEvidenceReader evidence)
{
    /// <summary>Reads this host's server.</summary>
    /// <exception cref="NpgsqlException">It is no standby without hot standby and does not answer: down, starting, stopping, or refusing.</exception>
    /// <exception cref="IOException">Its files can't be read.</exception>
    public async Task<ServerSettings> ReadOwnAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        try
        {
            await using var connection = await connector.OpenAsync(self, cancellationToken);
            return await FromServerAsync(connection, self.DataDirectory, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CannotConnectNow)
        {
            // a server that starts or stops says the same, and its files are not what it runs with
            if (!(await evidence.ReadAsync(self, cancellationToken)).IsWorkingStandby)
                throw;
            return FromFiles(self.DataDirectory);
        }
    }

    /// <summary>Reads another host's server, over SQL alone.</summary>
    /// <exception cref="NpgsqlException">It does not answer.</exception>
    public async Task<ServerSettings> ReadOverSqlAsync(Node node, CancellationToken cancellationToken)
    {
        await using var connection = await connector.OpenAsync(node, cancellationToken);
        return await FromServerAsync(connection, null, cancellationToken);
    }

    /// <summary>What the files of a data directory give.</summary>
    internal static ServerSettings FromFiles(string dataDirectory)
    {
        int[] parts = [.. File.ReadAllText(Path.Combine(dataDirectory, "PG_VERSION")).Trim().Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        var version = (parts[0] * 10000) + (parts[0] < 10 ? parts.ElementAtOrDefault(1) * 100 : 0);
        var files = SettingFiles.Read(Path.Combine(dataDirectory, "postgresql.conf"), dataDirectory);
        var values = files.All.ToDictionary(
            entry => entry.Key, entry => files.Place(entry.Key, new SettingValue(entry.Value.Value) { TakesRestart = SettingDefaults.TakesRestart(entry.Key) }), StringComparer.OrdinalIgnoreCase);
        return new(version, values, ReadAccess(files.All.TryGetValue("hba_file", out var named) ? Path.Combine(dataDirectory, named.Value) : Path.Combine(dataDirectory, "pg_hba.conf"), version), $"the files in {dataDirectory}") { DataDirectory = dataDirectory, AreFilesSeen = true };
    }

    private static async Task<ServerSettings> FromServerAsync(NpgsqlConnection connection, string? dataDirectory, CancellationToken cancellationToken)
    {
        var version = int.Parse((string)(await ScalarAsync(connection, "SHOW server_version_num", cancellationToken))!, CultureInfo.InvariantCulture);
        var values = new Dictionary<string, SettingValue>(StringComparer.OrdinalIgnoreCase);

        // what an ordinary session gets, not what the agent's own connection asks for
        var query = $"SELECT name, CASE WHEN source = 'client' THEN reset_val ELSE setting END, unit, context, source, {(version >= 90500 ? "pending_restart" : "false")}, sourcefile, sourceline FROM pg_settings";
        await using (var command = new NpgsqlCommand(query, connection))
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                values[rows.GetString(0)] = new(rows.IsDBNull(1) ? "" : rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2))
                {
                    TakesRestart = rows.GetString(3) == "postmaster",
                    Origin = rows.GetString(4),
                    IsPending = rows.GetBoolean(5),
                    File = dataDirectory is not null || rows.IsDBNull(6) ? null : rows.GetString(6),
                    Line = dataDirectory is not null || rows.IsDBNull(7) ? 0 : rows.GetInt32(7),
                };
            }
        }

        var running = new ServerSettings(version, values, null, "the running server")
        {
            IsRunning = true,
            IsStandby = (bool)(await ScalarAsync(connection, "SELECT pg_is_in_recovery()", cancellationToken))!,
            Database = connection.Database,
            User = connection.UserName ?? "",
        };
        if (dataDirectory is null)
        {
            if (version < 90500 || await SettingFiles.ReadOverSqlAsync(connection, cancellationToken) is not { } seen)
                return running;
            foreach (var name in values.Keys.ToArray())
                values[name] = seen.Place(name, values[name] with { File = null, Line = 0 });
            return running with { AreFilesSeen = true };
        }

        var files = values.TryGetValue("config_file", out var file) && File.Exists(file.Value) ? SettingFiles.Read(file.Value, dataDirectory) : SettingFiles.None;
        foreach (var name in values.Keys.ToArray())
        {
            var value = files.Place(name, values[name]);
            var isOther = value is { TakesRestart: true, InFiles: { } inFiles } && !SettingRule.IsEqual(name, value.Unit, value.Value, inFiles);
            values[name] = value with { IsPending = value.IsPending || (version < 90500 && isOther && value.Origin == "configuration file") };
        }

        var access = values.TryGetValue("hba_file", out var hba) ? ReadAccess(hba.Value, version) : null;
        var loaded = await ScalarAsync(connection, "SELECT pg_conf_load_time()", cancellationToken) as DateTime?;
        return running with
        {
            Access = access,
            DataDirectory = dataDirectory,
            AreFilesSeen = true,
            OnlyInFiles = files.All.Where(entry => !values.ContainsKey(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.OrdinalIgnoreCase),
            IsAccessUnread = access is null || loaded is null ? null : access.Rules.Select(rule => rule.File).Append(access.Path).Distinct().Any(path => File.GetLastWriteTimeUtc(path) > loaded.Value.ToUniversalTime()),
        };
    }

    private static AccessFile? ReadAccess(string file, int version)
    {
        try
        {
            return File.Exists(file) ? AccessFile.Read(file, version) : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
