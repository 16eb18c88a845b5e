using SispiAgent.Demo;
using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Demo;

/// <summary>The demo as a user runs it.</summary>
[Category("Postgres")]
internal sealed class DemoTests
{
    private readonly DemoProcess _demo = new();
    private IDisposable? _turn;

    [SetUp]
    public async Task Need()
    {
        Requires.Postgres();
        Requires.Program("/usr/sbin/sshd");
        Requires.Program("/usr/bin/rsync");
        _turn = await WholeSites.EnterAsync();
    }

    [TearDown]
    public void Clean()
    {
        _demo.Dispose();
        _turn?.Dispose();
    }

    [Test]
    public async Task It_tells_its_story_can_be_kept_and_ended_and_leaves_nothing_behind()
    {
        Assert.That(await _demo.RunAsync("--keep"), Is.EqualTo(ExitCode.Done), _demo.Output);
        Assert.That(_demo.Output, Does.Contain("mails came as told, and no other."));

        var folder = new DemoFolder(Directory.GetDirectories(_demo.Folder, "sispi-demo-*").Single());
        var before = DemoMail.ReadAll(folder.Mails).Count;
        var test = await ToolRunner.RunAsync(new ToolCommand(folder.Program("server2"), ["mail", "test"]), default);
        Assert.That(test.ExitCode, Is.Zero, test.Output + test.ErrorTail);
        Assert.That(DemoMail.ReadAll(folder.Mails), Has.Count.EqualTo(before + 1), "the sink goes on");
        var status = await ToolRunner.RunAsync(new ToolCommand(folder.Program("system1"), ["status"]), default);
        Assert.That(status.Output, Does.Contain("The agent runs"));

        var stop = await Support.AgentProgram.RunAsync("demo", "--stop", folder.Root);

        Assert.That(stop.ExitCode, Is.Zero, stop.ErrorTail);
        Assert.That(_demo.Left, Is.Empty);
        Assert.That(Leftovers.Of(_demo.Folder), Is.Empty);
    }

    [TestCase("making three PostgreSQL servers", ProcessSignal.Interrupt)]
    [TestCase("2. ", ProcessSignal.Terminate)]
    public async Task Stopped_half_way_it_leaves_nothing_behind(string at, int signal)
    {
        _demo.Start();
        await _demo.SaysAsync(at);

        _demo.Signal(signal);

        Assert.That(await _demo.EndAsync(), Is.EqualTo(ExitCode.Failed), _demo.Output);
        Assert.That(_demo.Output, Does.Contain("Stopped."));
        Assert.That(_demo.Left, Is.Empty);
        Assert.That(Leftovers.Of(_demo.Folder), Is.Empty);
    }

    [Test]
    public async Task A_folder_that_is_no_demos_is_not_removed()
    {
        using var folder = new TempFolder();

        var stop = await Support.AgentProgram.RunAsync("demo", "--stop", folder.Folder);

        Assert.That(stop.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(stop.ErrorTail, Does.Contain("is not the folder of a demo"));
        Assert.That(Directory.Exists(folder.Folder));
    }

    [Test]
    public async Task What_the_demos_user_can_not_remove_is_named_with_what_does()
    {
        using var folder = new TempFolder();
        var demo = new DemoFolder(folder["demo"]);
        var foreign = Path.Combine(demo.Root, "server2", "foreign");
        Directory.CreateDirectory(foreign);
        await File.WriteAllTextAsync(Path.Combine(foreign, "x.conf"), "");
        await File.WriteAllTextAsync(demo.Ledger, "");
        File.SetUnixFileMode(foreign, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var stop = await Support.AgentProgram.RunAsync("demo", "--stop", demo.Root);
        File.SetUnixFileMode(foreign, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);

        Assert.That(stop.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(stop.ErrorTail, Does.Contain("x.conf").And.Contain($"As root: rm -r {demo.Root}"));
    }
}
