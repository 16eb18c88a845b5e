using Microsoft.Extensions.DependencyInjection;
using SispiAgent.Cli;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Peers;

internal sealed class PeersProbeTests
{
    [TestCase("server2", "server3", "", true)]
    [TestCase("server2", "system1", "", true)]
    [TestCase("server3", "server2", "", true)]
    [TestCase("server3", "system1", "", false)]
    [TestCase("system1", "server2", "", false)]
    [TestCase("system1", "server2", "server3", true)]
    [TestCase("server3", "system1", "server2", true)]
    public void One_host_speaks_of_a_silent_agent(string self, string silent, string alsoSilent, bool speaks) =>
        Assert.That(PeersProbe.IsMine(Site(self), silent, node => node.Name == alsoSilent), Is.EqualTo(speaks));

    [TestCase("server2", "", true)]
    [TestCase("server3", "", false)]
    [TestCase("system1", "", false)]
    [TestCase("server3", "server2", true)]
    public void One_host_compares_the_configurations(string self, string silent, bool compares) =>
        Assert.That(PeersProbe.Compares(Site(self), node => node.Name == silent), Is.EqualTo(compares));

    [Test, Category("Ssh")]
    public async Task Silence_is_found_after_its_rounds_and_ends_with_an_answer()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var probe = Probe(hosts);
        hosts.Write(hosts.Facts(TimeSpan.FromHours(1)));

        Assert.That(await probe.RunAsync(default), Is.Empty);
        Assert.That(await probe.RunAsync(default), Is.Empty);
        Assert.That(probe.Unseen, Is.EqualTo(new[] { new Unseen("there") }), "an alert from before this agent began is not over");
        Assert.That((await probe.RunAsync(default)).Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (PeersProbe.Silent, "there") }));
        Assert.That(hosts.Here.Get<StatusBoard>().ReadAll().Single(seen => seen.Topic == "agent").IsWell, Is.False);

        hosts.Write(hosts.Facts());
        Assert.That(await probe.RunAsync(default), Is.Empty);
        Assert.That(hosts.Here.Get<StatusBoard>().ReadAll().Single(seen => seen.Topic == "agent").IsWell, Is.True);
    }

    /// <summary>Who can't come in over ssh is not helped by what to type there first.</summary>
    [Test, Category("Ssh")]
    public async Task What_to_do_about_silence_begins_with_what_is_wrong_first_on_the_way()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var probe = Probe(hosts);
        async Task<string> FirstAsync() => (await Eventually.GetAsync(async () => (await probe.RunAsync(default)).SingleOrDefault(finding => finding.Code == PeersProbe.Silent), "silence")).Remedy[0];

        hosts.Write(hosts.Facts(TimeSpan.FromHours(1)));
        Assert.That(await FirstAsync(), Does.StartWith("The way is open. On there: systemctl status sispi-agent"));

        await File.WriteAllTextAsync(hosts.Ssh.AuthorizedKeys, "");
        Assert.That(await FirstAsync(), Does.StartWith("sshd answers, the host is the right one, and it does not let this host's key in.").And.Not.Contain("systemctl"));

        hosts.Way.Close();
        Assert.That(await FirstAsync(), Does.StartWith($"Nothing answers ssh at 127.0.0.1:{hosts.Way.Port} (ConnectionRefused)").And.Contain("does sshd run there").And.Contain("systemctl status ssh").And.Not.Contain("sispi-agent"));
    }

    [Test, Category("Ssh")]
    public async Task A_difference_is_found_and_outlasts_a_silence()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var probe = Probe(hosts);
        hosts.Write(hosts.Facts() with { ConfigurationHash = "another", AgentVersion = "0.0.1" });

        var first = await probe.RunAsync(default);
        hosts.Way.Close();
        var second = await probe.RunAsync(default);

        Assert.That(first.Select(finding => finding.Code), Is.EqualTo(new[] { PeersProbe.ConfigurationDiffers, PeersProbe.VersionDiffers }));
        Assert.That(second.Select(finding => finding.Code), Is.EqualTo(first.Select(finding => finding.Code)));
    }

    [Test, Category("Ssh")]
    public async Task A_difference_that_is_not_old_enough_to_be_told_ends_no_alert_of_it()
    {
        await using var hosts = await PeerHosts.StartAsync(differWithin: "1.00:00:00");
        var probe = Probe(hosts);
        hosts.Write(hosts.Facts() with { AgentVersion = "0.0.1" });

        Assert.That(await probe.RunAsync(default), Is.Empty);
        Assert.That(probe.Unseen, Is.EqualTo(new[] { new Unseen("there", PeersProbe.VersionDiffers) }));
        hosts.Write(hosts.Facts());
        await probe.RunAsync(default);
        Assert.That(probe.Unseen, Is.Empty);
    }

    private static PeersProbe Probe(PeerHosts hosts) => ActivatorUtilities.CreateInstance<PeersProbe>(hosts.Here.Services);

    private static Site Site(string self)
    {
        var options = new ClusterOptions
        {
            TimeZone = "UTC",
            Nodes =
            {
                ["server2"] = new NodeOptions { Kind = NodeKind.Database },
                ["server3"] = new NodeOptions { Kind = NodeKind.Database },
                ["system1"] = new NodeOptions { Kind = NodeKind.Web },
                ["des10"] = new NodeOptions { Kind = NodeKind.Mirror },
            },
        };
        return SispiAgent.Cluster.Site.From(options, self);
    }
}
