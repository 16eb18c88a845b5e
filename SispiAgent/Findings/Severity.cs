namespace SispiAgent.Findings;

/// <summary>How soon somebody has to act on a finding.</summary>
internal enum Severity
{
    /// <summary>In working hours.</summary>
    Warning,

    /// <summary>Now.</summary>
    Critical,
}
