using SispiAgent.Alerts;
using SispiAgent.Cli;
using SispiAgent.Digest;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Digest;

/// <summary>The digest over real ssh to another host's agent.</summary>
internal sealed class WeeklyDigestTests
{
    [Test]
    public async Task It_tells_what_the_other_agent_says_and_names_it_when_it_can_not_be_asked()
    {
        await using var hosts = await PeerHosts.StartAsync();
        hosts.Write(hosts.Facts() with
        {
            OpenAlerts = [new("room.disk", "there/raid", "Warning", "a file system runs full", hosts.Facts().ObservedAt)],
            Seen = [new("there", "disk of data", "3 GB free", false, hosts.Facts().ObservedAt), new("here", "agent", "answers", true, hosts.Facts().ObservedAt)],
        });
        var reader = hosts.Here.Get<DigestReader>();
        var due = TimeProvider.System.GetUtcNow().AddDays(7);

        Assert.That(await reader.ReadAsync(due, inAnyCase: false, default), Is.Null, "the other one is the primary");
        var facts = (await reader.ReadAsync(due, inAnyCase: true, default))!;

        Assert.That(facts.Alerts.Select(alert => alert.Subject), Is.EqualTo(new[] { "there/raid" }));
        Assert.That(facts.Seen.Select(seen => (seen.Subject, seen.Topic, seen.IsWell)), Is.EqualTo(new[] { ("there", "disk of data", false) }));
        Assert.That(facts.Unasked, Is.Empty);

        hosts.Way.Close();
        var alone = (await reader.ReadAsync(due, inAnyCase: false, default))!;
        Assert.That(alone.Unasked.Select(one => one.Node), Is.EqualTo(new[] { "there" }));
        Assert.That(DigestLetter.Write(alone, TimeZoneInfo.Utc).Subject, Does.EndWith("there could not be asked"));
    }

    [Test]
    public async Task It_is_posted_once_by_the_one_and_remembered_by_all()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var digest = hosts.Here.Get<WeeklyDigest>();
        var now = TimeProvider.System.GetUtcNow();
        Assert.That(digest.HasRunSince(now), Is.True, "what was before the first start was not missed");

        await digest.RunAsync(now.AddDays(7), default);
        Assert.That(hosts.Here.Get<Outbox>().ReadUnbound(), Is.Empty, "the primary's agent writes it");
        Assert.That((digest.HasRunSince(now), digest.HasRunSince(now.AddHours(1))), Is.EqualTo((true, false)));

        hosts.Write(hosts.Facts() with { Server = hosts.Facts().Server! with { Role = "standby" } });
        await digest.RunAsync(now.AddDays(7), default);
        Assert.That(hosts.Here.Get<Outbox>().ReadUnbound().Select(posted => posted.Letter?.Subject), Is.EqualTo(new[] { "Weekly digest: all is well" }));
    }
}
