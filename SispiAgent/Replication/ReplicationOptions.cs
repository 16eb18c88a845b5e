using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Replication;

/// <summary>Section <c>Replication</c>: how far a standby or mirror may be behind. Bytes, since an idle primary has no lag in seconds.</summary>
internal sealed class ReplicationOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Replication";

    /// <summary>WAL not yet replayed, in bytes, from which it is a warning: 1 MB to 1 TB.</summary>
    [Range(1L << 20, 1L << 40)]
    public long WarningBytes { get; set; } = 64L << 20;

    /// <summary>The same, from which it is critical.</summary>
    [Range(1L << 20, 1L << 40)]
    public long CriticalBytes { get; set; } = 1L << 30;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CriticalBytes <= WarningBytes)
            yield return new ValidationResult($"{CriticalBytes} is not above WarningBytes ({WarningBytes}); make it larger.", [nameof(CriticalBytes)]);
    }
}
