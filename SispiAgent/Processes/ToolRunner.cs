using System.Text;
using CliWrap;
using SispiAgent.Platform;

namespace SispiAgent.Processes;

/// <summary>Runs child processes by our rules: argument lists, both pipes drained, bounded memory, a time limit, and the whole tree ended with it.</summary>
internal static class ToolRunner
{
    private const int OutputLimit = 4 << 20;
    private const int ErrorTailLimit = 8 << 10;

    /// <summary>How long a child that was asked to stop may take before it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs a command to its end, whatever its exit code.</summary>
    /// <exception cref="AgentException">It could not be started, or did not end within its limit.</exception>
    public static async Task<ToolResult> RunAsync(ToolCommand command, CancellationToken cancellationToken)
    {
        var output = new BoundedText(OutputLimit);
        await using var errors = new ByteTail(ErrorTailLimit);
        using var limit = new CancellationTokenSource(command.Timeout);
        using var graceful = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var forceful = new CancellationTokenSource();
        var child = CliWrap.Cli.Wrap(command.Executable)
            .WithArguments(command.Arguments)
            .WithEnvironmentVariables(variables =>
            {
                variables.Set("LC_ALL", "C");
                foreach (var (name, value) in command.Environment)
                    variables.Set(name, value);
            })
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(command.Input is { } input ? PipeSource.FromString(input, Encoding.UTF8) : PipeSource.Null)
            .WithStandardOutputPipe(command switch
            {
                { DiscardsOutput: true } => PipeTarget.Null,
                { ReadOutput: { } read } => PipeTarget.Create((stream, token) => ReadAsync(stream, read, token)),
                _ => PipeTarget.ToDelegate(line =>
                {
                    output.AppendLine(line);
                    command.OnOutputLine?.Invoke(line);
                }),
            })
            .WithStandardErrorPipe(command.DiscardsOutput ? PipeTarget.Null : PipeTarget.ToStream(errors));
        try
        {
            var running = child.ExecuteAsync(forceful.Token, graceful.Token);
            ToolPriorities.Apply(running.ProcessId, command.Priority);
            command.OnStarted?.Invoke(running.ProcessId);
            var result = await AwaitAsync(running, forceful, graceful.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return new ToolResult(result.ExitCode, output.ToString(), errors.ToString(), result.RunTime);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AgentException($"{command.Executable} did not end within {command.Timeout} and was stopped.", "Look at what it waits for: a lock, a full disk or a frozen server.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new AgentException($"{command.Executable} could not be started: {e.Message}.", "Install it, or name its folder in the configuration.", e);
        }
    }

    /// <summary>A child whose output nobody reads any more would wait forever: what the reader leaves is thrown away.</summary>
    private static async Task ReadAsync(Stream output, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        try
        {
            await read(output, cancellationToken);
        }
        finally
        {
            await output.CopyToAsync(Stream.Null, cancellationToken);
        }
    }

    private static async Task<CommandResult> AwaitAsync(CommandTask<CommandResult> running, CancellationTokenSource forceful, CancellationToken cancellationToken)
    {
        var ending = Task.CompletedTask;
        var registration = cancellationToken.Register(() => ending = EndTreeAsync(running.ProcessId, forceful));
        try
        {
            return await running;
        }
        finally
        {
            await registration.DisposeAsync();
            await ending;
        }
    }

    /// <summary>
    /// The child has been asked to stop. Its own children may not have been told, and hold its pipes: what is left of the tree once
    /// the child is gone, or its grace is over, is killed.
    /// </summary>
    private static async Task EndTreeAsync(int processId, CancellationTokenSource forceful)
    {
        var below = ProcessTree.Below(processId);
        var begin = TimeProvider.System.GetTimestamp();
        while (ProcessSignal.IsRunning(processId) && TimeProvider.System.GetElapsedTime(begin) < Grace)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);

        ProcessTree.Kill([.. below, .. ProcessTree.Below(processId)]);
        await forceful.CancelAsync();
    }

    /// <summary>Runs a command that has to succeed.</summary>
    /// <exception cref="ToolFailedException">Its exit code is not 0.</exception>
    /// <exception cref="AgentException">It could not be started, or did not end within its limit.</exception>
    public static async Task<ToolResult> RunToSuccessAsync(ToolCommand command, CancellationToken cancellationToken)
    {
        var result = await RunAsync(command, cancellationToken);
        return result.ExitCode == 0 ? result : throw new ToolFailedException(command, result);
    }
}
