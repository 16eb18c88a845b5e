namespace SispiAgent.Findings;

/// <summary>
/// A probe can't look for a reason that another probe tells (its server is down): nothing is raised, nothing is cleared, and nothing counts
/// as seen again.
/// </summary>
/// <param name="because">The reason, for the log.</param>
internal sealed class LookSuspendedException(string because) : Exception(because);
