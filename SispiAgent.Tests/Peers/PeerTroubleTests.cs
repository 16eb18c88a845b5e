using SispiAgent.Cli;
using SispiAgent.Peers;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Peers;

[Category("Ssh")]
internal sealed class PeerTroubleTests
{
    [Test]
    public async Task The_first_thing_that_is_wrong_on_the_way_is_named()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var keys = hosts.Here.Get<PeerKeys>();

        Assert.That(await RemedyAsync(hosts), Does.StartWith("The way is open."));
        File.Delete(hosts.Folder["there/state/facts.json"]);
        Assert.That(await RemedyAsync(hosts), Does.StartWith("It lets this host in"));

        await File.WriteAllTextAsync(hosts.Ssh.AuthorizedKeys, "");
        Assert.That(await RemedyAsync(hosts), Does.Contain("authorized_keys"), "also after it once had answered");

        var parts = hosts.KnownHostsLine.Split(' ');
        await File.WriteAllTextAsync(keys.KnownHosts, $"{parts[0]} {parts[1]} {(await File.ReadAllTextAsync(keys.CopyKey + ".pub")).Split(' ')[1]}\n");
        Assert.That(await RemedyAsync(hosts), Does.Contain("another host key"));

        await File.WriteAllTextAsync(keys.KnownHosts, "");
        Assert.That(await RemedyAsync(hosts), Does.Contain("not known here"));

        hosts.Way.Close();
        Assert.That(await RemedyAsync(hosts), Does.Contain("Nothing answers ssh at"));

        File.Delete(keys.AgentKey);
        Assert.That(await RemedyAsync(hosts), Does.Contain("no keys yet"));
    }

    [Test]
    public async Task Check_and_setup_say_what_an_operator_needs()
    {
        await using var hosts = await PeerHosts.StartAsync();

        var check = await AgentProgram.RunAsync("peer", "check", "--config", hosts.Folder["here.json"]);
        var setup = await AgentProgram.RunAsync("peer", "setup", "--config", hosts.Folder["here.json"]);

        Assert.That((check.ExitCode, check.ErrorTail), Is.EqualTo((ExitCode.Done, "")), check.Output);
        Assert.That(check.Output, Does.Contain("there: answers").And.Contain("way for copies"));
        Assert.That(setup.Output, Does.Contain("restrict,command=\"sispi-agent peer\" ssh-ed25519").And.Contain($"rrsync -wo {hosts.FarBackups}"));
        Assert.That(setup.Output, Does.Contain((await File.ReadAllTextAsync(hosts.Here.Get<PeerKeys>().AgentKey + ".pub")).Trim()), "made once, and not again");

        await File.WriteAllTextAsync(hosts.Ssh.AuthorizedKeys, "");
        var failed = await AgentProgram.RunAsync("peer", "check", "--config", hosts.Folder["here.json"]);
        Assert.That(failed.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(failed.Output, Does.Contain("no answer").And.Contain("authorized_keys"));
    }

    private static async Task<string> RemedyAsync(PeerHosts hosts) =>
        await hosts.Here.Get<PeerTrouble>().RemedyAsync(hosts.There, default);
}
