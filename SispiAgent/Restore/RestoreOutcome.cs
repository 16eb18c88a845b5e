namespace SispiAgent.Restore;

/// <summary>What came of a restore that went to its end.</summary>
/// <param name="Problems">How what was restored differs from the manifest; empty: not at all.</param>
/// <param name="Remarks">What else is to be known.</param>
/// <param name="Tables">How many tables were compared.</param>
/// <param name="Digests">How many of them by content.</param>
/// <param name="Elapsed">How long it took, the comparison too.</param>
internal sealed record RestoreOutcome(IReadOnlyList<string> Problems, IReadOnlyList<string> Remarks, int Tables, int Digests, TimeSpan Elapsed)
{
    /// <summary>The set.</summary>
    public string Set { get; init; } = "";

    /// <summary>The server, for people.</summary>
    public string Into { get; init; } = "";
}
