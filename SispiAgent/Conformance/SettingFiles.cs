using Npgsql;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>The configuration files of a server, with and without what <c>ALTER SYSTEM</c> has written.</summary>
/// <param name="All">All of them.</param>
/// <param name="Below">Without <c>postgresql.auto.conf</c>.</param>
internal sealed record SettingFiles(IReadOnlyDictionary<string, SettingEntry> All, IReadOnlyDictionary<string, SettingEntry> Below)
{
    /// <summary>None can be read.</summary>
    public static SettingFiles None { get; } = new(new Dictionary<string, SettingEntry>(), new Dictionary<string, SettingEntry>());

    /// <summary>Reads them.</summary>
    public static SettingFiles Read(string configurationFile, string dataDirectory) => new(SettingsFile.ReadEntries(configurationFile, dataDirectory), SettingsFile.ReadEntries(configurationFile, null));

    /// <summary>Reads those of a server on another host, as it has them now (manual, "pg_file_settings"); from 9.5 on.</summary>
    /// <returns><see langword="null"/> if the role may not see them: a superuser's, or granted.</returns>
    public static async Task<SettingFiles?> ReadOverSqlAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string IsAllowed = "SELECT has_table_privilege('pg_catalog.pg_file_settings', 'SELECT') AND has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE')";
        await using (var allowed = new NpgsqlCommand(IsAllowed, connection))
        {
            if (await allowed.ExecuteScalarAsync(cancellationToken) is not true)
                return null;
        }

        Dictionary<string, SettingEntry> all = new(StringComparer.OrdinalIgnoreCase), below = new(StringComparer.OrdinalIgnoreCase);
        await using var command = new NpgsqlCommand("SELECT name, setting, sourcefile, sourceline FROM pg_catalog.pg_file_settings WHERE name IS NOT NULL AND setting IS NOT NULL ORDER BY seqno", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var entry = new SettingEntry(rows.GetString(1), rows.GetString(2), rows.GetInt32(3));
            all[rows.GetString(0)] = entry;
            if (Path.GetFileName(entry.File) != SettingsFile.ChangedBySql)
                below[rows.GetString(0)] = entry;
        }

        return new(all, below);
    }

    /// <summary>Adds to a value where the files set it.</summary>
    public SettingValue Place(string name, SettingValue value) => All.TryGetValue(name, out var entry)
        ? value with { InFiles = entry.Value, File = entry.File, Line = entry.Line, BelowChanged = Below.TryGetValue(name, out var below) ? below.Value : null }
        : value;
}
