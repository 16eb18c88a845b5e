using SispiAgent.Cli;
using SispiAgent.Peers;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Peers;

[Category("Ssh")]
internal sealed class PeerRsyncTests
{
    [Test]
    public async Task A_folder_arrives_whole_below_the_backup_directory_and_again_without_harm()
    {
        await using var hosts = await StartAsync();
        var rsync = hosts.Here.Get<PeerRsync>();

        await rsync.TryAsync(hosts.There, default);
        await rsync.PushAsync(hosts.Folder["set"], hosts.There, "here/20260104T140200Z", default);
        await File.WriteAllTextAsync(hosts.Folder["set/b"], "more");
        await rsync.PushAsync(hosts.Folder["set"], hosts.There, "here/20260104T140200Z", default);

        Assert.That(Directory.GetFiles(hosts.FarBackups, "*", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(hosts.FarBackups, file), File.ReadAllText(file))),
            Is.EquivalentTo(new[] { ("here/20260104T140200Z/a", "content"), ("here/20260104T140200Z/b", "more") }));
    }

    [TestCase("../outside")]
    [TestCase("here/../../outside")]
    public async Task Nothing_is_written_outside_the_backup_directory(string folder)
    {
        await using var hosts = await StartAsync();

        Assert.That(async () => await hosts.Here.Get<PeerRsync>().PushAsync(hosts.Folder["set"], hosts.There, folder, default), Throws.InstanceOf<AgentException>());
        Assert.That(Directory.Exists(hosts.Folder["there/outside"]), Is.False);
    }

    [Test]
    public async Task An_absolute_path_leads_below_the_backup_directory_too()
    {
        await using var hosts = await StartAsync();
        var elsewhere = hosts.Folder["elsewhere"];

        try
        {
            await hosts.Here.Get<PeerRsync>().PushAsync(hosts.Folder["set"], hosts.There, elsewhere, default);
        }
        catch (AgentException)
        {
            // refused is as good
        }

        Assert.That(Directory.Exists(elsewhere), Is.False);
    }

    [Test]
    public async Task A_copy_key_that_is_not_authorised_is_said_with_the_remedy()
    {
        await using var hosts = await StartAsync();
        await File.WriteAllTextAsync(hosts.Ssh.AuthorizedKeys, "");

        var e = await Assert.CatchAsync<AgentException>(async () => await hosts.Here.Get<PeerRsync>().TryAsync(hosts.There, default));

        Assert.That(e!.Hint, Does.Contain("peer setup"));
    }

    private static async Task<PeerHosts> StartAsync()
    {
        Requires.Program("/usr/bin/rrsync");
        Requires.Program("/usr/bin/rsync");
        var hosts = await PeerHosts.StartAsync();
        Directory.CreateDirectory(hosts.Folder["set"]);
        await File.WriteAllTextAsync(hosts.Folder["set/a"], "content");
        return hosts;
    }
}
