using SispiAgent.Cli;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
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
        Assert.That((await probe.RunAsync(default)).Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (PeersProbe.Silent, "there") }));
        Assert.That(hosts.Here.Get<StatusBoard>().ReadAll().Single(seen => seen.Topic == "agent").IsWell, Is.False);

        hosts.Write(hosts.Facts());
        Assert.That(await probe.RunAsync(default), Is.Empty);
        Assert.That(hosts.Here.Get<StatusBoard>().ReadAll().Single(seen => seen.Topic == "agent").IsWell, Is.True);
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

    private static PeersProbe Probe(PeerHosts hosts) => new(
        hosts.Here.Get<CurrentSite>(), hosts.Book, hosts.Here.Get<LiveConfiguration>(), hosts.Here.Get<LiveOptions<PeersOptions>>(), hosts.Here.Get<StatusBoard>(), TimeProvider.System);

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
