namespace SispiAgent.Processes;

/// <summary>A child process did not do what it was asked.</summary>
/// <param name="command">What was run.</param>
/// <param name="result">How it ended.</param>
internal sealed class ToolFailedException(ToolCommand command, ToolResult result)
    : Exception($"{Path.GetFileName(command.Executable)} ended with exit code {result.ExitCode}: {LastLine(result.ErrorTail)}")
{
    /// <summary>What was run.</summary>
    public ToolCommand Command { get; } = command;

    /// <summary>How it ended.</summary>
    public ToolResult Result { get; } = result;

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it said nothing";
}
