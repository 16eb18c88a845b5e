using System.Globalization;
using Npgsql;

namespace SispiAgent.Postgres;

/// <summary>What a primary's settings say of how long it keeps WAL.</summary>
/// <param name="Layout">How its WAL is cut.</param>
/// <param name="KeepBytes">What it keeps for standbys that are behind: <c>wal_keep_segments</c>, from 13 <c>wal_keep_size</c>, in whole segments.</param>
/// <param name="CheckpointTimeout">How long it waits between two checkpoints at most.</param>
/// <param name="CheckpointShare">Over which share of the time until the next one a checkpoint spreads its writing.</param>
/// <param name="CheckpointBytes">After how much WAL it makes one at the latest.</param>
/// <param name="StoresWal">Whether it hands its WAL to an archive_command (or, from 15, library) too.</param>
internal sealed record WalSettings(WalLayout Layout, long KeepBytes, TimeSpan CheckpointTimeout, double CheckpointShare, long CheckpointBytes, bool StoresWal)
{
    /// <summary>Reads them from <c>pg_settings</c>, which every role may.</summary>
    public static async Task<WalSettings> ReadAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        const string query = """
            SELECT name, setting, unit FROM pg_settings WHERE name IN ('wal_segment_size', 'wal_keep_segments', 'wal_keep_size',
                'checkpoint_timeout', 'checkpoint_segments', 'checkpoint_completion_target', 'max_wal_size', 'archive_mode')
            """;
        await using var command = new NpgsqlCommand(query, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, (string, string?)> values = [];
        while (await rows.ReadAsync(cancellationToken))
            values[rows.GetString(0)] = (rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2));
        return From(values, version);
    }

    /// <summary>Judges them. Before 9.5 checkpoints were counted in segments, since then in bytes for all WAL (source: CalculateCheckpointSegments).</summary>
    public static WalSettings From(IReadOnlyDictionary<string, (string Setting, string? Unit)> values, int version)
    {
        long Bytes(string name) => values.TryGetValue(name, out var value) ? SettingUnit.Bytes(value.Setting, value.Unit) : 0;
        var segment = Bytes("wal_segment_size") is > 0 and var size ? size : WalLayout.UsualSegmentBytes;
        var target = values.TryGetValue("checkpoint_completion_target", out var share) ? double.Parse(share.Setting, CultureInfo.InvariantCulture) : 0.5;
        // max_wal_size has no fixed unit before 11: segments of 16 MB in 9.5 and 9.6
        return new(
            new(version, segment),
            version >= 130000 ? Bytes("wal_keep_size") / segment * segment : Bytes("wal_keep_segments") * segment,
            values.TryGetValue("checkpoint_timeout", out var timeout) ? SettingUnit.Time(timeout.Setting, timeout.Unit) : TimeSpan.FromMinutes(5),
            target,
            values.ContainsKey("checkpoint_segments") ? Bytes("checkpoint_segments") * segment : (long)(Bytes("max_wal_size") / ((version >= 110000 ? 1 : 2) + target)),
            values.TryGetValue("archive_mode", out var mode) && mode.Setting is not "off");
    }
}
