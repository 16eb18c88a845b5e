using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>The cluster's state as its control file has it. A killed server leaves what was there: it counts only with a living postmaster.</summary>
internal enum ControlState
{
    /// <summary>Another state: starting up, in crash recovery.</summary>
    Other,

    /// <summary>A primary runs, or was killed.</summary>
    InProduction,

    /// <summary>A standby runs, or was killed.</summary>
    InRecovery,

    /// <summary>Stopped cleanly.</summary>
    ShutDown,

    /// <summary>A standby, stopped cleanly.</summary>
    ShutDownInRecovery,

    /// <summary>Stopping.</summary>
    ShuttingDown,
}

/// <summary>What pg_controldata prints, by label: labels come and go between versions, so the line says nothing.</summary>
/// <param name="State">The state.</param>
/// <param name="SystemIdentifier">The cluster's identifier.</param>
/// <param name="Timeline">The timeline of the last checkpoint: after a promotion it stays behind until the next one.</param>
/// <param name="CheckpointPosition">The last checkpoint.</param>
/// <param name="MinimumRecoveryEnd">Up to where a standby has to replay; <see langword="null"/> on a primary.</param>
internal sealed record ControlFile(ControlState State, string? SystemIdentifier, long? Timeline, WalPosition? CheckpointPosition, WalPosition? MinimumRecoveryEnd)
{
    /// <summary>The timeline of <see cref="MinimumRecoveryEnd"/> (9.3 and later).</summary>
    public long? MinimumRecoveryTimeline { get; init; }

    /// <summary>What was certainly replayed, with its timeline.</summary>
    public IEnumerable<ReplayPoint> ReplayPoints()
    {
        if (this is { Timeline: { } timeline, CheckpointPosition: { } checkpoint })
            yield return new(timeline, checkpoint);
        if (this is { MinimumRecoveryTimeline: { } last and > 0, MinimumRecoveryEnd: { } end })
            yield return new(last, end);
    }

    /// <summary>Of which size a standby's settings have to be at least, by their names: as the WAL that was replayed last says of the primary (9.0 and later, not all in each version).</summary>
    public IReadOnlyDictionary<string, long> Needs { get; init; } = new Dictionary<string, long>();

    /// <summary>When the last checkpoint began, as pg_controldata has it: in this host's time zone, to the second.</summary>
    public DateTimeOffset? CheckpointAt { get; init; }

    private static readonly (string Label, string Setting)[] NeedLabels =
    [
        ("max_connections setting", "max_connections"), ("max_worker_processes setting", "max_worker_processes"), ("max_wal_senders setting", "max_wal_senders"),
        ("max_prepared_xacts setting", "max_prepared_transactions"), ("max_locks_per_xact setting", "max_locks_per_transaction"),
    ];

    /// <summary>Reads what pg_controldata printed with LC_ALL=C.</summary>
    /// <exception cref="FormatException">It has no state: it is not pg_controldata's.</exception>
    public static ControlFile Parse(string output)
    {
        var values = output.Split('\n').Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0].Trim()).ToDictionary(group => group.Key, group => group.First()[1].Trim());
        var state = values.TryGetValue("Database cluster state", out var text) ? text : throw new FormatException("pg_controldata printed no cluster state.");
        return new(
            state switch
            {
                "in production" => ControlState.InProduction,
                "in archive recovery" => ControlState.InRecovery,
                "shut down" => ControlState.ShutDown,
                "shut down in recovery" => ControlState.ShutDownInRecovery,
                "shutting down" => ControlState.ShuttingDown,
                _ => ControlState.Other,
            },
            values.GetValueOrDefault("Database system identifier"),
            long.TryParse(values.GetValueOrDefault("Latest checkpoint's TimeLineID"), NumberStyles.None, CultureInfo.InvariantCulture, out var timeline) ? timeline : null,
            WalPosition.TryParse(values.GetValueOrDefault("Latest checkpoint location")),
            WalPosition.TryParse(values.GetValueOrDefault("Minimum recovery ending location")))
        {
            MinimumRecoveryTimeline = long.TryParse(values.GetValueOrDefault("Min recovery ending loc's timeline"), NumberStyles.None, CultureInfo.InvariantCulture, out var minimum) ? minimum : null,
            Needs = NeedLabels.Where(need => long.TryParse(values.GetValueOrDefault(need.Label), NumberStyles.None, CultureInfo.InvariantCulture, out _)).ToDictionary(need => need.Setting, need => long.Parse(values[need.Label], CultureInfo.InvariantCulture)),
            CheckpointAt = DateTime.TryParseExact(values.GetValueOrDefault("Time of latest checkpoint"), "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeLocal, out var at) ? at : null,
        };
    }
}
