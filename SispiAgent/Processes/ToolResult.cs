namespace SispiAgent.Processes;

/// <summary>How a child process ended.</summary>
/// <param name="ExitCode">0 for success, by every tool's convention.</param>
/// <param name="Output">Standard output, the first 4 MB of it.</param>
/// <param name="ErrorTail">The last 8 KB of standard error.</param>
/// <param name="Elapsed">From start to exit.</param>
internal sealed record ToolResult(int ExitCode, string Output, string ErrorTail, TimeSpan Elapsed);
