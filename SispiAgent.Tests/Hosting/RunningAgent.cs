using System.Diagnostics;
using SispiAgent.Alerts;
using SispiAgent.Hosting;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Hosting;

/// <summary>The real program as node system1, with a state and a configuration of its own; its servers are ports on which nobody listens.</summary>
internal sealed class RunningAgent : IDisposable
{
    private readonly TempFolder _folder = new();
    private Process? _process;

    public RunningAgent()
    {
        Text = File.ReadAllText(Repository.Path("appsettings.json"))
            .Replace("\"Node\": \"\"", "\"Node\": \"system1\"", StringComparison.Ordinal)
            .Replace("\"StateDirectory\": \"\"", $"\"StateDirectory\": \"{_folder["state"]}\"", StringComparison.Ordinal)
            .Replace("/var/log/sispi-agent/sispi-agent-.log", _folder["agent-.log"], StringComparison.Ordinal)
            .Replace("\"Port\": 25,", $"\"Port\": {MailPort},", StringComparison.Ordinal)
            .Replace("\"Address\": \"server2\"", "\"Address\": \"127.0.0.2\"", StringComparison.Ordinal)
            .Replace("\"Address\": \"server3\"", "\"Address\": \"127.0.0.3\"", StringComparison.Ordinal)
            .Replace("\"Address\": \"des10\"", "\"Address\": \"127.0.0.4\"", StringComparison.Ordinal);
        File.WriteAllText(Configuration, Text);
    }

    /// <summary>A valid configuration.</summary>
    public string Text { get; }

    /// <summary>Where it mails to, on 127.0.0.1; nobody listens there unless the test does.</summary>
    public int MailPort { get; } = Ports.Next();

    /// <summary>Its <c>agent.db</c>, as another process opens it.</summary>
    public AgentDatabase Database => new(_folder[Path.Combine("state", "agent.db")], AgentSchema.Migrations);

    public string Configuration => _folder["appsettings.json"];

    public string Output => File.Exists(_folder["output"]) ? File.ReadAllText(_folder["output"]) : "";

    public bool HasExited => _process!.HasExited;

    public string this[string name] => _folder[name];

    public static async Task<(int Code, string Output)> VerbAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(AgentProgram.FilePath, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(Eventually.Seconds));
        return (process.ExitCode, await output + await error);
    }

    public async Task StartAsync()
    {
        Launch();
        await Eventually.TrueAsync(() => HasExited || Output.Contains("Schedule Backup runs", StringComparison.Ordinal), "schedules");
        Assert.That(HasExited, Is.False, Output);
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public void Launch()
    {
        File.Delete(_folder["output"]);
        _process?.Dispose();
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" --config \"$1\" >output 2>&1", AgentProgram.FilePath, Configuration]) { WorkingDirectory = _folder.Folder })!;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process!.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public async Task<int> StopAsync()
    {
        ProcessSignal.Send(_process!.Id, ProcessSignal.Terminate);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(Eventually.Seconds));
        return _process.ExitCode;
    }

    /// <summary>What the alert of a bad edit says; <see langword="null"/> when there is none.</summary>
    public string? InvalidEdit() => new AlertBook(Database).ReadTold()
        .Where(alert => alert.Finding.Code == ConfigurationWatcher.InvalidEdit).Select(alert => string.Join('\n', alert.Finding.Evidence)).SingleOrDefault();

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
        _process?.Dispose();
        _folder.Dispose();
    }
}
