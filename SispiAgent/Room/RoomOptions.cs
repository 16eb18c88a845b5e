using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Room;

/// <summary>Section <c>Room</c>: when something that runs full, runs out or is forgotten becomes a finding.</summary>
internal sealed class RoomOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Room";

    /// <summary>Free space or inodes of a file system, in percent, below which it is a warning: 1 to 90.</summary>
    [Range(1, 90)]
    public int FreeWarningPercent { get; set; } = 10;

    /// <summary>The same, below which it is critical: 0 to 89, below the warning.</summary>
    [Range(0, 89)]
    public int FreeCriticalPercent { get; set; } = 4;

    /// <summary>A file system that will be full within this time, at the speed of the last two weeks, is a warning: 1 hour to a year.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan FullWithin { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Connections in use, in percent of what ordinary clients may have, from which it is a warning: 10 to 99.</summary>
    [Range(10, 99)]
    public int ConnectionsWarningPercent { get; set; } = 80;

    /// <summary>The same, from which it is critical: above the warning, to 100.</summary>
    [Range(11, 100)]
    public int ConnectionsCriticalPercent { get; set; } = 95;

    /// <summary>Age of a database's oldest transaction or multixact id, from which it is a warning: 1 million to 2 billion. Autovacuum freezes at 200 and 400 million.</summary>
    [Range(1_000_000L, 2_000_000_000L)]
    public long AgeWarning { get; set; } = 600_000_000;

    /// <summary>The same, from which it is critical; at about 2.1 billion the server refuses to write.</summary>
    [Range(1_000_000L, 2_100_000_000L)]
    public long AgeCritical { get; set; } = 1_500_000_000;

    /// <summary>Used part of a sequence's or integer key's range, in percent, from which it is a warning: 10 to 99.</summary>
    [Range(10, 99)]
    public int KeysWarningPercent { get; set; } = 75;

    /// <summary>The same, from which it is critical: above the warning, to 100.</summary>
    [Range(11, 100)]
    public int KeysCriticalPercent { get; set; } = 90;

    /// <summary>How old a prepared transaction may become: 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan PreparedAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session may stay idle in a transaction: 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan IdleInTransactionAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How old a working session's snapshot may become (a backup's is as old as the backup takes): 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SnapshotAfter { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How many transactions a replication slot or a standby's feedback may hold vacuum back: 1 to 2 billion.</summary>
    [Range(1L, 2_000_000_000L)]
    public long SlotTransactions { get; set; } = 50_000_000;

    /// <summary>How long an exclusive backup (9.0 to 14) may run: 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan ExclusiveBackupAfter { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a restart, a crash or a line of the server's log stays an open alert: 1 minute to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan EventShownFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many FATAL lines within <see cref="EventShownFor"/> are a warning, on a server that accepts connections: 1 to 1 million.</summary>
    [Range(1, 1_000_000)]
    public int FatalLines { get; set; } = 100;

    /// <summary>How much of the server's log is read in one look, in bytes: 1 kB to 1 GB. What is beyond is skipped, and said.</summary>
    [Range(1L << 10, 1L << 30)]
    public long LogBytesPerLook { get; set; } = 32L << 20;

    /// <summary>Size of all files in the server's log directory, in bytes, from which it is a warning: 1 MB to 1 TB.</summary>
    [Range(1L << 20, 1L << 40)]
    public long LogDirectoryBytes { get; set; } = 5L << 30;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FreeCriticalPercent >= FreeWarningPercent)
            yield return new($"{FreeCriticalPercent} is not below FreeWarningPercent ({FreeWarningPercent}); make it smaller.", [nameof(FreeCriticalPercent)]);
        if (ConnectionsCriticalPercent <= ConnectionsWarningPercent)
            yield return new($"{ConnectionsCriticalPercent} is not above ConnectionsWarningPercent ({ConnectionsWarningPercent}); make it larger.", [nameof(ConnectionsCriticalPercent)]);
        if (AgeCritical <= AgeWarning)
            yield return new($"{AgeCritical} is not above AgeWarning ({AgeWarning}); make it larger.", [nameof(AgeCritical)]);
        if (KeysCriticalPercent <= KeysWarningPercent)
            yield return new($"{KeysCriticalPercent} is not above KeysWarningPercent ({KeysWarningPercent}); make it larger.", [nameof(KeysCriticalPercent)]);
    }
}
