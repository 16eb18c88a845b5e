namespace SispiAgent.Findings;

/// <summary>The stable name of a kind of finding, <c>area.kebab-noun</c>: mail filters and <c>docs/findings/CODE.md</c> use it, so it is never renamed.</summary>
/// <param name="Value">The text, for instance <c>liveness.refusing</c>.</param>
internal readonly record struct FindingCode(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
