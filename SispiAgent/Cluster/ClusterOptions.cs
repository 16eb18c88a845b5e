using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Cluster;

/// <summary>Section <c>Cluster</c>: the site's hosts, the same on each of them.</summary>
internal sealed class ClusterOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Cluster";

    /// <summary>The time zone of schedules and of the times that people read, as an IANA name.</summary>
    [Required]
    public string TimeZone { get; set; } = "America/Santiago";

    /// <summary>The hosts by name.</summary>
    [MinLength(1)]
    public Dictionary<string, NodeOptions> Nodes { get; } = new(StringComparer.OrdinalIgnoreCase);
}
