using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Readiness;

/// <summary>Section <c>Readiness</c>: what a failover counts on.</summary>
internal sealed class ReadinessOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Readiness";

    /// <summary>The role with which standbys and mirrors stream.</summary>
    [Required]
    public string ReplicationUser { get; set; } = "dbadmin";

    /// <summary>The trigger file of each database host, as the site's script makes it. A host without one here is promoted in another way.</summary>
    public Dictionary<string, string> TriggerFiles { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a client that was seen on the primary is expected to come again: 1 day to 1 year.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan ClientsRemembered { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long the way over ssh to another host has to have been closed until it is told, 0 to 1 day: longer than it takes another agent to tell of a silent one (<c>peers.silent</c>),
    /// so that a host that is down is told once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SshClosedFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>For how many backup sets like the newest there has to be room: 1 to 100.</summary>
    [Range(1, 100)]
    public int BackupRoomFactor { get; set; } = 2;
}
