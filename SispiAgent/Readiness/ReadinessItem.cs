using SispiAgent.Findings;

namespace SispiAgent.Readiness;

/// <summary>One thing that a failover counts on.</summary>
/// <param name="Name">What, in a word or two.</param>
/// <param name="IsWell">Green or red.</param>
/// <param name="Words">What was seen, in a line.</param>
internal sealed record ReadinessItem(string Name, bool IsWell, string Words)
{
    /// <summary>What was seen in detail, one fact a line.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>What goes wrong, and when, if it is red; empty: what the other host's death makes of it.</summary>
    public string Effect { get; init; } = "";

    /// <summary>What to do if it is red, one step a line.</summary>
    public IReadOnlyList<string> Remedy { get; init; } = [];

    /// <summary>The finding that a red one becomes; <see langword="null"/>: another probe tells it, or it can't be mended.</summary>
    public FindingCode? Code { get; init; }

    /// <summary>The code of the other probe that tells it.</summary>
    public string? ToldBy { get; init; }
}
