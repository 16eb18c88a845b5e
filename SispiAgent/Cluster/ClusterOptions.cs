using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Cluster;

/// <summary>Section <c>Cluster</c>: the site's hosts, the same on each of them.</summary>
internal sealed class ClusterOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Cluster";

    /// <summary>The time zone of schedules and of the times that people read, as an IANA name.</summary>
    [Required]
    public string TimeZone { get; set; } = "America/Santiago";

    /// <summary>The hosts by name.</summary>
    [MinLength(1)]
    public Dictionary<string, NodeOptions> Nodes { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return new ValidationResult($"\"{TimeZone}\" is no time zone of this system; write one like America/Santiago.", [nameof(TimeZone)]);
        if (Nodes.Count > 0 && Nodes.Values.All(node => node.Kind is not NodeKind.Database))
            yield return new ValidationResult("has no database server; give one node the Kind \"Database\".", [nameof(Nodes)]);

        var places = Nodes.Where(node => node.Value.Kind is not NodeKind.Web).GroupBy(node => $"{(node.Value.Address.Length > 0 ? node.Value.Address : node.Key)}:{node.Value.Port}".ToUpperInvariant());
        foreach (var place in places.Where(place => place.Count() > 1))
            yield return new ValidationResult($"{string.Join(" and ", place.Select(node => node.Key))} have the same address and port; each server has its own.", [nameof(Nodes)]);
    }
}
