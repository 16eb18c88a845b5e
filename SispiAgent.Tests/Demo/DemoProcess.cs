using System.Diagnostics;
using System.Text;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Demo;

/// <summary><c>sispi-agent demo</c> as a real process, with a temporary directory of its own.</summary>
internal sealed class DemoProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <summary>Its temporary directory.</summary>
    public string Folder => _folder.Folder;

    /// <summary>What it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>What is in its temporary directory, without what the runtime puts there for debuggers.</summary>
    public IEnumerable<string> Left => Directory.GetFileSystemEntries(Folder).Where(entry => !Path.GetFileName(entry).StartsWith("clr-debug", StringComparison.Ordinal) && !Path.GetFileName(entry).StartsWith("dotnet-diagnostic", StringComparison.Ordinal));

    public void Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Support.AgentProgram.FilePath, ["demo", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TMPDIR"] = Folder;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> EndAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        return _process.ExitCode;
    }

    public async Task<int> RunAsync(params string[] arguments)
    {
        Start(arguments);
        return await EndAsync();
    }

    public Task SaysAsync(string words) => Eventually.TrueAsync(() => Output.Contains(words, StringComparison.Ordinal) || _process!.HasExited, words);

    public void Signal(int signal) => ProcessSignal.Send(_process!.Id, signal);

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
        _process?.Dispose();
        _folder.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_output)
            _output.Append(line).Append('\n');
    }
}
