using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Alerts;

/// <summary>Section <c>Alerts</c>: when a finding becomes a mail.</summary>
internal sealed class AlertsOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Alerts";

    /// <summary>How long after a first sighting the probe looks again before anybody is told: 0 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan SecondLookAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long what follows a first mail is gathered into one mail: 0 to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan GroupWithin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The times between a mail and its reminders; the last one goes on for ever.</summary>
    [MinLength(1)]
    public List<TimeSpan> Reminders { get; } = [TimeSpan.FromHours(1), TimeSpan.FromHours(4), TimeSpan.FromHours(12), TimeSpan.FromDays(1)];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Reminders.Any(spacing => spacing < TimeSpan.FromMinutes(1)))
            yield return new ValidationResult("A reminder less than a minute after the mail before it is a mail storm; use 00:01:00 or more.", [nameof(Reminders)]);
    }
}
