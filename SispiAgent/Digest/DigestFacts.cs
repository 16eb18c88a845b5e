using SispiAgent.BackupSets;
using SispiAgent.Conformance;
using SispiAgent.History;
using SispiAgent.Peers;

namespace SispiAgent.Digest;

/// <summary>What a digest tells.</summary>
/// <param name="Node">Who writes it.</param>
/// <param name="Why">Why this host, as a clause.</param>
/// <param name="At">When, UTC.</param>
/// <param name="NextDue">When the next one is due, UTC.</param>
internal sealed record DigestFacts(string Node, string Why, DateTimeOffset At, DateTimeOffset NextDue)
{
    /// <summary>The open alerts of every agent that could be asked.</summary>
    public IReadOnlyList<AlertFacts> Alerts { get; init; } = [];

    /// <summary>The agents that gave no fresh answer, and why.</summary>
    public IReadOnlyList<(string Node, string Problem)> Unasked { get; init; } = [];

    /// <summary>What every agent that could be asked saw last.</summary>
    public IReadOnlyList<Observation> Seen { get; init; } = [];

    /// <summary>The good sets on this host's disk, newest first.</summary>
    public IReadOnlyList<BackupSet> Sets { get; init; } = [];

    /// <summary>Where the newest set's copy was proven.</summary>
    public IReadOnlyList<string> ProvenOn { get; init; } = [];

    /// <summary>What changed in settings since the last digest.</summary>
    public IReadOnlyList<ConfigurationChange> Changes { get; init; } = [];
}
