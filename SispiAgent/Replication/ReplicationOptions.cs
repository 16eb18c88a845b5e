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

    /// <summary>A standby or mirror that is gone or falling behind: from so little time until it needs a re-sync it is a warning. 1 min to 60 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "60.00:00:00")]
    public TimeSpan RunwayWarning { get; set; } = TimeSpan.FromHours(72);

    /// <summary>The same, from which it is critical.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "60.00:00:00")]
    public TimeSpan RunwayCritical { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long WAL has to have been watched before its rate is believed: 5 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan RateNeeds { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CriticalBytes <= WarningBytes)
            yield return new ValidationResult($"{CriticalBytes} is not above WarningBytes ({WarningBytes}); make it larger.", [nameof(CriticalBytes)]);
        if (RunwayCritical >= RunwayWarning)
            yield return new ValidationResult($"{RunwayCritical} is not below RunwayWarning ({RunwayWarning}); make it smaller.", [nameof(RunwayCritical)]);
    }
}
