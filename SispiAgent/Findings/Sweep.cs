namespace SispiAgent.Findings;

/// <summary>What one run of a probe (or of a pipeline that reports like one) has to say about everything it looks at.</summary>
/// <param name="Probe">The probe's name; a complete sweep clears every alert that this probe raised and that is not in it any more.</param>
/// <param name="Schedule">The schedule key whose trigger made it run; decides whether it may remind.</param>
/// <param name="At">When the look ended, UTC.</param>
/// <param name="Findings">What is wrong; empty when all is well.</param>
internal sealed record Sweep(string Probe, string Schedule, DateTimeOffset At, IReadOnlyList<Finding> Findings)
{
    /// <summary>Why the probe could not look; <see langword="null"/> when it could. A blind sweep clears nothing.</summary>
    public string? BlindBecause { get; init; }

    /// <summary>Whether the probe did not look since another probe tells why (<see cref="LookSuspendedException"/>): everything stays as it was.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>What it could not judge: nothing of it is cleared.</summary>
    public IReadOnlyCollection<Unseen> Unseen { get; init; } = [];

    /// <summary>Whether its findings need no second sighting: a failed backup is a fact, a refused connection may be a moment.</summary>
    public bool IsCertain { get; init; }
}
