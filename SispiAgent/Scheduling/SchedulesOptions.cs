using System.ComponentModel.DataAnnotations;
using SispiAgent.Findings;

namespace SispiAgent.Scheduling;

/// <summary>Section <c>Schedules</c>: when the agent looks and works, in <c>Cluster:TimeZone</c>. Each is a crontab line, a Quartz expression or an interval.</summary>
internal sealed class SchedulesOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Schedules";

    /// <summary>The quick liveness look.</summary>
    public string Heartbeat { get; set; } = "00:00:15";

    /// <summary>The guide's hourly liveness check; the only one that reminds hourly.</summary>
    public string Liveness { get; set; } = "1 * * * *";

    /// <summary>WAL senders, WAL receivers and lag.</summary>
    public string Replication { get; set; } = "00:01:00";

    /// <summary>The facts of the other hosts' agents.</summary>
    public string Peers { get; set; } = "00:05:00";

    /// <summary>Settings against the guide.</summary>
    public string Conformance { get; set; } = "15 7 * * *";

    /// <summary>Whether a failover would go well.</summary>
    public string Readiness { get; set; } = "10 * * * *";

    /// <summary>Room and housekeeping.</summary>
    public string Room { get; set; } = "00:10:00";

    /// <summary>The weekly digest, mailed also when all is well: a crontab line or a Quartz expression.</summary>
    public string Digest { get; set; } = "0 8 * * Mon";

    /// <summary>The weekly backup.</summary>
    public string Backup { get; set; } = "2 11 * * Sun";

    /// <summary>The weekly restore drill: from then on, as soon as a new copy is here.</summary>
    public string Drill { get; set; } = "0 15 * * Sun";

    /// <summary>Every schedule by its key.</summary>
    public IReadOnlyList<(string Key, string Text)> All() =>
    [
        (ScheduleKeys.Heartbeat, Heartbeat), (ScheduleKeys.Liveness, Liveness), (ScheduleKeys.Replication, Replication),
        (ScheduleKeys.Peers, Peers), (ScheduleKeys.Conformance, Conformance), (ScheduleKeys.Readiness, Readiness), (ScheduleKeys.Backup, Backup), (ScheduleKeys.Drill, Drill), (ScheduleKeys.Room, Room), (ScheduleKeys.Digest, Digest),
    ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (key, text) in All())
        {
            string? problem = null;
            try
            {
                ScheduleExpression.Parse(text, TimeZoneInfo.Utc, TimeProvider.System.GetUtcNow());
            }
            catch (FormatException e)
            {
                problem = e.Message;
            }

            if (problem is not null)
                yield return new ValidationResult($"\"{text}\": {problem}", [key]);
        }
    }
}
