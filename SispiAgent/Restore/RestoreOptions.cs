using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Restore;

/// <summary>Section <c>Restore</c>: the verb <c>restore</c> and the drill. When the drill runs is <c>Schedules:Drill</c>.</summary>
internal sealed class RestoreOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Restore";

    /// <summary>How many sessions restore at once: 1 to 64; 0: as many as there are cores; the drill takes half of them, at least 1.</summary>
    [Range(0, 64)]
    public int Parallel { get; set; }

    /// <summary>How long one file may take: 1 min to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Where the drill's throwaway server is, on a disk with room for all databases; a short path, for its socket. Empty: <c>.drill</c> in the backup directory.</summary>
    public string DrillDirectory { get; set; } = "";

    /// <summary>How long the drill waits for a new copy before it is skipped: 0 to 6 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "6.00:00:00")]
    public TimeSpan DrillWaitsFor { get; set; } = TimeSpan.FromHours(20);

    /// <summary>How old the last passed drill may be until it is a finding: 1 h to 1 year.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan DrillStaleAfter { get; set; } = TimeSpan.FromDays(15);

    /// <summary>How many sessions restore at once on this machine.</summary>
    /// <param name="isDrill">Whether a standby lives beside it.</param>
    public int ParallelHere(bool isDrill) => Parallel > 0 ? Parallel : Math.Max(1, isDrill ? Environment.ProcessorCount / 2 : Environment.ProcessorCount);
}
