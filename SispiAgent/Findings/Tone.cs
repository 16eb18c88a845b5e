namespace SispiAgent.Findings;

/// <summary>How a heading is meant: where there is colour, it shows.</summary>
internal enum Tone
{
    /// <summary>A heading like any other.</summary>
    Plain,

    /// <summary>Somebody has to act now.</summary>
    Critical,

    /// <summary>Somebody has to act in working hours.</summary>
    Warning,

    /// <summary>It is over, or well.</summary>
    Good,
}
