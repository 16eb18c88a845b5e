using System.Text.Json.Serialization;

namespace SispiAgent.Findings;

/// <summary>One piece of a letter's body.</summary>
[JsonDerivedType(typeof(Headline), "headline")]
[JsonDerivedType(typeof(Paragraph), "paragraph")]
[JsonDerivedType(typeof(Table), "table")]
[JsonDerivedType(typeof(Commands), "commands")]
[JsonDerivedType(typeof(Bars), "bars")]
internal abstract record Block
{
    /// <summary>A heading over the blocks that follow.</summary>
    internal sealed record Headline(string Text, Tone Tone = Tone.Plain) : Block;

    /// <summary>A sentence or a few.</summary>
    internal sealed record Paragraph(string Text) : Block;

    /// <summary>Rows of cells under column names; columns named in <paramref name="RightAligned"/> hold numbers.</summary>
    internal sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<string> RightAligned) : Block;

    /// <summary>Lines to be typed or read literally, in a fixed-width font.</summary>
    internal sealed record Commands(IReadOnlyList<string> Lines) : Block;

    /// <summary>A bar for each labelled value, scaled to the largest.</summary>
    internal sealed record Bars(string Title, IReadOnlyList<Bar> Values) : Block;
}

/// <summary>One labelled value.</summary>
/// <param name="Label">What is measured.</param>
/// <param name="Value">How much; never negative.</param>
/// <param name="Text">The value as people read it, with its unit.</param>
internal sealed record Bar(string Label, double Value, string Text)
{
    /// <summary>How much it was last time, to be shown beside it; <see langword="null"/>: nothing is.</summary>
    public double? Before { get; init; }
}
