using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Peers;

/// <summary>Section <c>Peers</c>: how the agents talk to each other, over ssh.</summary>
internal sealed class PeersOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Peers";

    /// <summary>How long a peer may take to answer: 2 s to 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How old a peer's facts may be to count as an answer: 10 s to 1 h. Older ones mean that its agent hangs.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan FreshWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>After how many silent questions of the schedule <c>Peers</c> a peer's silence is a finding: 1 to 100.</summary>
    [Range(1, 100)]
    public int SilentRounds { get; set; } = 3;

    /// <summary>How long hosts may run with different configurations or agent versions before it is a finding: 0 to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan DifferWithin { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The limit of the copies' bandwidth in KiB/s; 0: none.</summary>
    [Range(0, 100_000_000)]
    public int CopyKilobytesPerSecond { get; set; }

    /// <summary>How long the copy of one set may take: 1 min to 3 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3.00:00:00")]
    public TimeSpan CopyTimeout { get; set; } = TimeSpan.FromHours(12);
}
