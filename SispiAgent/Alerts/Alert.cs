using SispiAgent.Findings;

namespace SispiAgent.Alerts;

/// <summary>A finding that has been seen and has not gone away.</summary>
/// <param name="Probe">Who found it.</param>
/// <param name="Finding">As it was last seen.</param>
/// <param name="FirstSeen">When it was first seen, UTC.</param>
/// <param name="LastSeen">When it was last seen, UTC.</param>
/// <param name="Sightings">How many sweeps in a row had it.</param>
internal sealed record Alert(string Probe, Finding Finding, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, int Sightings)
{
    /// <summary>The highest severity that was mailed; <see langword="null"/> while nobody has been told.</summary>
    public Severity? Told { get; init; }

    /// <summary>The finding's state that was last mailed.</summary>
    public string ToldState { get; init; } = "";

    /// <summary>The finding's summary that was last mailed.</summary>
    public string ToldSummary { get; init; } = "";

    /// <summary>When the last notice was given, UTC.</summary>
    public DateTimeOffset? LastNotice { get; init; }

    /// <summary>How many reminders there have been.</summary>
    public int Reminders { get; init; }

    /// <summary>How many changes of its state were mailed.</summary>
    public int Changes { get; init; }

    /// <summary>Since when it has not been seen, while its end is held back (<see cref="Restlessness"/>).</summary>
    public DateTimeOffset? GoneSince { get; init; }

    /// <summary>Whether it is over and only remembered, so that one that comes and goes is known again.</summary>
    public bool IsOver { get; init; }

    /// <summary>When it was last called over, UTC.</summary>
    public DateTimeOffset? LastCleared { get; init; }

    /// <summary>How often it was called over, each time within an hour of the time before.</summary>
    public int Clears { get; init; }

    /// <summary>What identifies it.</summary>
    public string Key => KeyOf(Probe, Finding);

    /// <summary>What identifies a finding of a probe.</summary>
    public static string KeyOf(string probe, Finding finding) => $"{probe}|{finding.Code}|{finding.Subject}";
}
