using System.ComponentModel.DataAnnotations;
using System.Net;

namespace SispiAgent.Conformance;

/// <summary>Section <c>Conformance</c>: what the site's guide says of every database server's configuration.</summary>
internal sealed class ConformanceOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Conformance";

    /// <summary>Settings that every server has, by their name in <c>postgresql.conf</c>, as the guide writes them. Newer names and values that mean the same are accepted.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The network of the site's machines, whose clients <c>pg_hba.conf</c> lets in to every database. Empty: not looked at.</summary>
    public string ClientSubnet { get; set; } = "139.229.14.0/25";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClientSubnet.Length > 0 && !IPNetwork.TryParse(ClientSubnet, out _))
            yield return new ValidationResult($"\"{ClientSubnet}\" is not a network; write it as 139.229.14.0/25.", [nameof(ClientSubnet)]);
    }
}
