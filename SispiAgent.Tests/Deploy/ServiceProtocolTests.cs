using System.Diagnostics;
using System.Globalization;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Deploy;

/// <summary>The real program under what systemd gives a service: its socket, its watchdog and its signals.</summary>
internal sealed class ServiceProtocolTests
{
    [Test]
    public async Task The_service_says_that_it_is_ready_keeps_the_watchdog_quiet_and_stops_well_on_SIGTERM()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        using var folder = new TempFolder();
        using var systemd = new NotifySocket(folder["notify"]);
        using var agent = Start(folder, Repository.Path("appsettings.json"));
        try
        {
            await Eventually.TrueAsync(() => Says(systemd, "READY=1") || agent.HasExited, "READY=1");
            Assert.That(agent.HasExited, Is.False, () => File.ReadAllText(folder["output"]));
            await Eventually.TrueAsync(() => systemd.Messages.Count(message => message.Contains("WATCHDOG=1", StringComparison.Ordinal)) > 1, "second WATCHDOG=1");
            Assert.That(Says(systemd, "STOPPING=1"), Is.False);

            ProcessSignal.Send(int.Parse(File.ReadAllText(folder["id"]), CultureInfo.InvariantCulture), ProcessSignal.Terminate);
            await agent.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(Eventually.Seconds));
        }
        finally
        {
            if (!agent.HasExited)
                agent.Kill(entireProcessTree: true);
        }

        await Eventually.TrueAsync(() => Says(systemd, "STOPPING=1"), "STOPPING=1");
        Assert.That(agent.ExitCode, Is.Zero, () => File.ReadAllText(folder["output"]));
    }

    [Test]
    public async Task A_bad_configuration_ends_the_service_with_the_code_that_the_unit_does_not_restart()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["bad.json"], """{ "Nonsense": { } }""");
        using var agent = Start(folder, folder["bad.json"]);
        await agent.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(Eventually.Seconds));

        Assert.That(agent.ExitCode, Is.EqualTo(ExitCode.BadConfiguration));
        Assert.That(File.ReadAllLines(Repository.Path("systemd", "sispi-agent.service")), Has.Member($"RestartPreventExitStatus={ExitCode.BadConfiguration}"));
    }

    private static Process Start(TempFolder folder, string configuration)
    {
        // .NET knows a service by its parent's name: here a shell of that name, which waits for it
        File.CreateSymbolicLink(folder["systemd"], "/bin/sh");
        var start = new ProcessStartInfo(folder["systemd"], ["-c", "\"$0\" \"$@\" >output 2>&1 & echo $! >written; mv written id; wait $!", AgentProgram.FilePath, "--config", configuration])
        {
            WorkingDirectory = folder.Folder,
        };
        start.Environment["NOTIFY_SOCKET"] = folder["notify"];
        start.Environment["WATCHDOG_USEC"] = "1500000";
        start.Environment["Agent__Node"] = "system1";
        start.Environment["Agent__StateDirectory"] = folder["state"];
        start.Environment["Serilog__WriteTo__1__Args__path"] = folder["agent.log"];
        foreach (var (node, address) in new[] { ("server2", "127.0.0.2"), ("server3", "127.0.0.3"), ("des10", "127.0.0.4") })
            start.Environment[$"Cluster__Nodes__{node}__Address"] = address;
        return Process.Start(start)!;
    }

    private static bool Says(NotifySocket systemd, string word) => systemd.Messages.Any(message => message.Split('\n').Contains(word));
}
