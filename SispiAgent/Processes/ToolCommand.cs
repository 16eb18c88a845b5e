namespace SispiAgent.Processes;

/// <summary>A child process to run, as a value. Arguments are a list, never a shell's line; secrets go into the environment.</summary>
/// <param name="Executable">Its path, or a name on the PATH.</param>
/// <param name="Arguments">One item an argument.</param>
internal sealed record ToolCommand(string Executable, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables set besides the agent's own environment; <see langword="null"/> unsets one. <c>LC_ALL=C</c> is always set.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>How long it may take before it and all its children are killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Text for its standard input; <see langword="null"/>: an empty one.</summary>
    public string? Input { get; init; }

    /// <summary>Where standard output goes besides the kept text; each line without its end.</summary>
    public Action<string>? OnOutputLine { get; init; }

    /// <summary>Who reads standard output as bytes, instead of its being kept as text: for what may be of any size. What he leaves is thrown away.</summary>
    public Func<Stream, CancellationToken, Task>? ReadOutput { get; init; }

    /// <summary>Whether standard output is thrown away: for a command whose grandchild keeps the pipe open (<c>pg_ctl start</c>).</summary>
    public bool DiscardsOutput { get; init; }

    /// <summary>Who is told the process id, once it runs.</summary>
    public Action<int>? OnStarted { get; init; }

    /// <summary>How it stands beside other processes.</summary>
    public ToolPriority Priority { get; init; }

    /// <summary>The command as an operator would type it.</summary>
    public override string ToString() => string.Join(' ', [Executable, .. Arguments.Select(Quote)]);

    /// <summary>An argument as a shell takes it literally.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,@%+".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
