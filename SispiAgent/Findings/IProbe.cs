namespace SispiAgent.Findings;

/// <summary>Something that looks at the system again and again and changes nothing.</summary>
internal interface IProbe
{
    /// <summary>The stable name, <c>area.kebab-noun</c>.</summary>
    string Name { get; }

    /// <summary>The schedule keys (<see cref="ScheduleKeys"/>) whose triggers run it.</summary>
    IReadOnlyList<string> Schedules { get; }

    /// <summary>What the last look could not judge. Each look sets it anew: "not known this time" must not end an alert.</summary>
    IReadOnlyCollection<Unseen> Unseen => [];

    /// <summary>Looks once.</summary>
    /// <returns>What is wrong now; empty if all is well or if this host has nothing to look at.</returns>
    /// <exception cref="LookSuspendedException">Another probe tells why there is nothing to see: everything stays as it was.</exception>
    /// <exception cref="Exception">The probe could not look: open alerts stay open and the blindness is a finding of its own.</exception>
    Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken);
}
