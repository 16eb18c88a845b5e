using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Demo;

/// <summary>The agent of one host of the demo: a process of its own, with its own configuration and state.</summary>
/// <param name="folder">The demo's folder.</param>
/// <param name="node">The host.</param>
internal sealed class DemoAgent(DemoFolder folder, string node)
{
    private RunningProcess? _process;

    /// <summary>The host's name.</summary>
    public string Node => node;

    /// <summary>Whether its process runs.</summary>
    public bool IsRunning => _process is { } process && ProcessTree.IsRunning(process);

    /// <summary>Its process's id.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException($"The agent of {node} was not started.");

    /// <summary>Starts it.</summary>
    public void Start()
    {
        var process = DetachedProcess.Start(folder.Program(node), [], folder.Output(node), folder.Host(node));
        folder.Note(process);
        _process = process;
    }

    /// <summary>SIGKILL: whatever it was doing is cut off. Returns when it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        ProcessSignal.Send(ProcessId, ProcessSignal.Kill);
        while (IsRunning)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    /// <summary>Waits until it has looked at its host once: from then on its peers can ask it.</summary>
    /// <exception cref="AgentException">It ended, or did not get so far.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var facts = Path.Combine(folder.State(node), "facts.json");
        var begin = TimeProvider.System.GetTimestamp();
        while (!File.Exists(facts))
        {
            if (!IsRunning || TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromMinutes(3))
                throw new AgentException($"The agent of {node} did not get to work: {string.Join(" / ", LastLines())}", $"Read {folder.Output(node)}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Runs one of its verbs, as an operator on its host would.</summary>
    public Task<ToolResult> RunAsync(IReadOnlyList<string> verb, CancellationToken cancellationToken) =>
        ToolRunner.RunAsync(new ToolCommand(folder.Program(node), verb) { Timeout = TimeSpan.FromMinutes(3) }, cancellationToken);

    private IEnumerable<string> LastLines() => File.Exists(folder.Output(node)) ? File.ReadLines(folder.Output(node)).TakeLast(6) : [];
}
