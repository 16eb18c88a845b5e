using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Demo;
using SispiAgent.History;
using SispiAgent.Postgres;
using SispiAgent.Restore;
using SispiAgent.Tests.Backup;
using SispiAgent.Tests.Support;
using AgentProgram = SispiAgent.Tests.Support.AgentProgram;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class ScheduledDrillTests
{
    [Test]
    public async Task The_standbys_host_drills_each_new_copy_once_and_says_aloud_when_none_has_come()
    {
        await using var hosts = await CopyingHosts.StartAsync();
        var site = hosts.Site;
        await using var standby = await StandbyAsync(site);
        await SampleDatabase.LoadAsync(site.Server, default);

        using (var standbysHost = site.Open("server3"))
        {
            await standbysHost.Get<ScheduledDrill>().RunAsync(default);
            Assert.That(standbysHost.Get<DrillBook>().Latest(), Is.Null);
            Assert.That(Seen(standbysHost.Get<StatusBoard>()), Is.EqualTo("skipped: no new copy came within 0 s"));
        }

        var outcome = await site.RunAsync();
        Assert.That(outcome.CopyProblems, Is.Empty);
        using var host = site.Open("server3");
        await host.Get<ScheduledDrill>().RunAsync(default);

        var drilled = host.Get<DrillBook>().Latest()!;
        Assert.That((drilled.Verdict, drilled.Set, drilled.Node), Is.EqualTo((DrillVerdict.Passed, outcome.Set.Id, "server3")), string.Join("; ", drilled.Problems));
        var letter = host.Get<Outbox>().ReadUnbound().Single(posted => posted.Letter is not null).Letter!;
        Assert.That(letter.Subject, Does.StartWith($"restore drill of {outcome.Set.Id} passed in "));
        Assert.That(Seen(host.Get<StatusBoard>()), Does.StartWith($"{outcome.Set.Id} passed 0 s ago"));
        Assert.That(host.Get<AlertBook>().ReadTold(), Is.Empty);
        Assert.That(Directory.EnumerateDirectories(host.Get<Drill>().Root), Is.Empty);
        Assert.That((await AgentProgram.RunAsync("backup", "list", "--here", "--config", site.ConfigurationFile("server3"))).Output, Does.Match($"{outcome.Set.Id} .*, a copy, drilled"));

        await host.Get<ScheduledDrill>().RunAsync(default);
        Assert.That(Seen(host.Get<StatusBoard>()), Does.StartWith("skipped: no new copy came"));
        Assert.That(host.Get<DrillBook>().Latest()!.Began, Is.EqualTo(drilled.Began), "it is drilled once");

        // the primary's host knows of it by asking, for its list and its estimates, and drills nothing itself
        using var primarysHost = site.Open();
        await primarysHost.Get<ScheduledDrill>().RunAsync(default);
        Assert.That(primarysHost.Get<DrillBook>().Latest(), Is.Null);
        Assert.That((await AgentProgram.RunAsync("backup", "list", "--config", site.ConfigurationFile())).Output, Does.Contain("a copy, drilled"));
        Assert.That((await AgentProgram.RunAsync("restore", "--plan", "--config", site.ConfigurationFile())).Output, Does.Contain("in all: the hashes ").And.Contain("on server3"));
    }

    private static string? Seen(StatusBoard board) => board.ReadAll().LastOrDefault(seen => seen.Topic == "restore drill")?.Text;

    /// <summary>A standby of the site's primary, as the server of server3.</summary>
    private static async Task<ScratchServer> StandbyAsync(BackupSite site)
    {
        await site.Server.StopAsync();
        var standby = await site.Server.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        standby.Follow(site.Server, hotStandby: true, "server3");
        await site.Server.StartAsync(default);
        await standby.StartAsync(default);
        var root = JsonNode.Parse(await File.ReadAllTextAsync(site.ConfigurationFile("server3")))!.AsObject();
        var node = root["Cluster"]!["Nodes"]!["server3"]!.AsObject();
        (node["Port"], node["DataDirectory"], node["SocketDirectory"]) = (standby.Port, standby.DataDirectory, standby.SocketDirectory);
        root["Restore"]!["DrillWaitsFor"] = "00:00:00";
        await File.WriteAllTextAsync(site.ConfigurationFile("server3"), root.ToJsonString());
        return standby;
    }
}
