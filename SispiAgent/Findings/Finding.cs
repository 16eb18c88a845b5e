namespace SispiAgent.Findings;

/// <summary>One thing that is wrong with one subject.</summary>
/// <param name="Code">The kind; with <paramref name="Subject"/> it identifies the alert.</param>
/// <param name="Subject">What it is wrong with: a node's name, or <c>node/object</c>.</param>
/// <param name="Severity">How soon somebody has to act.</param>
/// <param name="Summary">What is wrong, in a few words that fit a mail subject: <c>PostgreSQL refuses connections</c>.</param>
internal sealed record Finding(FindingCode Code, string Subject, Severity Severity, string Summary)
{
    /// <summary>The state it is in, where it can be wrong in several ways: a change of it is worth a mail of its own. Else empty.</summary>
    public string State { get; init; } = "";

    /// <summary>What was seen, one fact a line. Server messages in it are data: never matched, never trusted.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>What it means for the people who use the database, as a sentence.</summary>
    public string Effect { get; init; } = "";

    /// <summary>What to do now, one step a line; commands as they are typed.</summary>
    public IReadOnlyList<string> Remedy { get; init; } = [];
}
