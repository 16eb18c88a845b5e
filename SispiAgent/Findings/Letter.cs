namespace SispiAgent.Findings;

/// <summary>A mail before it has a form: neutral blocks that only Mail turns into text and HTML.</summary>
/// <param name="Subject">The subject without the <c>[SISPI]</c> prefix.</param>
/// <param name="Blocks">The body, in order.</param>
internal sealed record Letter(string Subject, IReadOnlyList<Block> Blocks)
{
    /// <summary>What the mail is about; letters with the same key are threaded under the first. <see langword="null"/>: a thread of its own.</summary>
    public string? ThreadKey { get; init; }
}
