using SispiAgent.Cluster;

namespace SispiAgent.Tests.Cluster;

internal sealed class SiteTests
{
    [Test]
    public void A_host_finds_itself_by_name_whatever_the_case() => Assert.That(Site.From(Options(), "SERVER3").Self.Name, Is.EqualTo("server3"));

    [Test]
    public void A_name_that_is_no_node_is_an_error_that_lists_the_nodes() =>
        Assert.That(() => Site.From(Options(), "server4"),
            Throws.InstanceOf<AgentException>().With.Message.Contains("\"server4\"").And.Message.Contains("server2, server3, system1, des10"));

    [Test]
    public void Peers_are_the_other_hosts_with_an_agent_and_servers_those_with_PostgreSQL()
    {
        var site = Site.From(Options(), "server2");

        Assert.That(site.Peers.Select(node => node.Name), Is.EqualTo(new[] { "server3", "system1" }));
        Assert.That(site.Servers.Select(node => node.Name), Is.EqualTo(new[] { "server2", "server3", "des10" }));
    }

    [Test]
    public void A_node_without_an_address_is_reached_by_its_name() => Assert.That(Site.From(Options(), "system1").Self.Address, Is.EqualTo("system1"));

    private static ClusterOptions Options() => new()
    {
        Nodes =
        {
            ["server2"] = new() { Kind = NodeKind.Database },
            ["server3"] = new() { Kind = NodeKind.Database },
            ["system1"] = new() { Kind = NodeKind.Web },
            ["des10"] = new() { Kind = NodeKind.Mirror, Address = "des10.example" },
        },
    };
}
