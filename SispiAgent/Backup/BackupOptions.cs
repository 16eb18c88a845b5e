using System.ComponentModel.DataAnnotations;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>Section <c>Backup</c>: the backup sets. Where they are kept is <c>Cluster:Nodes:NAME:BackupDirectory</c>, when they are made <c>Schedules:Backup</c>.</summary>
internal sealed class BackupOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Backup";

    /// <summary>How many files are dumped at once: 1 to 64; 0: half the cores, at least 1 (the server is live).</summary>
    [Range(0, 64)]
    public int Parallel { get; set; }

    /// <summary>The dumps' compression: <c>none</c>, <c>gzip:1</c> to <c>gzip:9</c>, <c>lz4</c> or <c>zstd:1</c> to <c>zstd:19</c>. Empty: <c>zstd:1</c> with pg_dump 16 and no other host that has to read it, else <c>gzip:1</c>.</summary>
    [RegularExpression("^(|none|lz4|gzip:[1-9]|zstd:([1-9]|1[0-9]))$", ErrorMessage = "write none, gzip:1 to gzip:9, lz4 or zstd:1 to zstd:19, or leave it empty.")]
    public string Compression { get; set; } = "";

    /// <summary>Whether gzip:1 is made by the agent with ISA-L where that library is installed (Debian's libisal2) and pg_dump is one of 12 to 15: the same format and size in about two thirds of the time. Else pg_dump makes it.</summary>
    public bool CompressHere { get; set; } = true;

    /// <summary>How long the dump of one file may take: 1 min to 3 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3.00:00:00")]
    public TimeSpan DumpTimeout { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long the dump waits for a table that somebody has locked: 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long another session may wait behind the dump's locks until the attempt is given up: 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the dump of a database is begun, each time with a new snapshot, before the run fails: 1 to 20.</summary>
    [Range(1, 20)]
    public int Attempts { get; set; } = 3;

    /// <summary>Whether a set is kept until another database host was seen to have its copy.</summary>
    public bool CopyRequired { get; set; } = true;

    /// <summary>So many of the newest sets are kept: 1 to 1000.</summary>
    [Range(1, 1000)]
    public int KeepLast { get; set; } = 4;

    /// <summary>All sets younger than this are kept: 0 to 10 years.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepWithin { get; set; } = TimeSpan.FromDays(35);

    /// <summary>The newest set of each month is kept for so many months: 0 to 1200.</summary>
    [Range(0, 1200)]
    public int KeepMonthly { get; set; } = 12;

    /// <summary>Never are fewer verified sets than this left: 1 to 1000.</summary>
    [Range(1, 1000)]
    public int KeepAtLeast { get; set; } = 2;

    /// <summary>How old the newest set of this host's disk may be until it is a finding: 1 h to 1 year.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan TooOldAfter { get; set; } = TimeSpan.FromDays(8);

    /// <summary>The databases that are divided into files, by name: large tables, groups, schemas, the rest. Every other database is one file, named here or not.</summary>
    public Dictionary<string, DatabaseOptions> Databases { get; } = [];

    /// <summary>From which size a table of a divided database gets a file of its own, in bytes (heap and TOAST, a partition tree together): 1 MB to 1 PB.</summary>
    [Range(1L << 20, 1L << 50)]
    public long LargeTableBytes { get; set; } = 1L << 30;

    /// <summary>Up to which size, in bytes, the contents of a table are digested, so that a restored one can be compared: 0 (only rows are counted) to 1 PB.</summary>
    [Range(0L, 1L << 50)]
    public long DigestUpToBytes { get; set; } = 1L << 30;

    /// <summary>How pg_dump and pg_restore stand beside other processes of the host: <c>Normal</c>, <c>Low</c> (nice 10) or <c>Lowest</c> (nice 19). Linux lowers their disk priority with it (ioprio_set(2)).</summary>
    public ToolPriority Priority { get; set; } = ToolPriority.Low;

    /// <summary>Hosts without an agent that get a copy of every set too, by name. What is kept there is decided there.</summary>
    public Dictionary<string, DestinationOptions> Destinations { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How a database is divided.</summary>
    public UnitRules RulesFor(string database) => Databases.TryGetValue(database, out var own) ? new(true, [.. own.Units.Select(unit => unit.ToGroup())], LargeTableBytes) : UnitRules.Whole;

    /// <summary>How many files are dumped at once on this machine.</summary>
    public int ParallelHere() => Parallel > 0 ? Parallel : Math.Max(1, Environment.ProcessorCount / 2);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Patience >= DumpTimeout)
            yield return new ValidationResult("Patience has to be shorter than DumpTimeout, else no attempt is ever given up for a waiting session.", [nameof(Patience)]);
        foreach (var name in Destinations.Keys.Where(name => name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
            yield return new ValidationResult($"\"{name}\": give a destination a name of letters, digits, dots and dashes.", [nameof(Destinations)]);
    }
}
