using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Demo;

/// <summary>The demo as root runs it: PostgreSQL refuses root, so that the whole demo is user postgres'.</summary>
[Category("Root")]
internal sealed class DemoAsRootTests
{
    private readonly DemoProcess _demo = new();

    [TearDown]
    public void Clean() => _demo.Dispose();

    [Test]
    public async Task It_becomes_postgres_tells_its_story_and_leaves_nothing_behind()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.That(UserAccount.Find("postgres") is not null, "user postgres");
        File.SetUnixFileMode(_demo.Folder, (UnixFileMode)0x1FF); // as /tmp is: the unprivileged user makes his folder there
        _demo.Start();
        await _demo.SaysAsync("1. All is well");
        Assert.That(UserAccount.OwnerOf(Directory.GetDirectories(_demo.Folder, "sispi-demo-*").Single())?.Name, Is.EqualTo("postgres"));

        Assert.That(await _demo.EndAsync(), Is.EqualTo(ExitCode.Done), _demo.Output);

        Assert.That(_demo.Output, Does.Contain("mails came as told, and no other."));
        Assert.That(_demo.Left, Is.Empty);
        Assert.That(Leftovers.Of(_demo.Folder), Is.Empty);
    }
}
