using SispiAgent.Cli;
using SispiAgent.Peers;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Peers;

[Category("Ssh")]
internal sealed class PeerBookTests
{
    [Test]
    public async Task A_peer_answers_over_ssh_with_what_its_agent_wrote_down()
    {
        await using var hosts = await PeerHosts.StartAsync();

        var answer = await hosts.Book.AskAsync(hosts.There, default);

        Assert.That(answer.Problem, Is.Null);
        Assert.That((answer.IsAnswering, answer.Facts!.Server!.Role, answer.SilentRounds), Is.EqualTo((true, "primary", 0)));
    }

    [Test]
    public async Task A_configuration_edited_badly_does_not_silence_a_running_agent()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var text = await File.ReadAllTextAsync(hosts.FarConfiguration);
        await File.WriteAllTextAsync(hosts.FarConfiguration, text.Replace("\"Peers\"", "\"Pears\"", StringComparison.Ordinal));

        var answer = await hosts.Book.AskAsync(hosts.There, default);

        Assert.That(answer.Problem, Is.Null);
    }

    [Test]
    public async Task Old_facts_are_no_answer_and_are_remembered()
    {
        await using var hosts = await PeerHosts.StartAsync();
        hosts.Write(hosts.Facts(TimeSpan.FromMinutes(10)));

        await hosts.Book.AskAsync(hosts.There, default);
        var answer = await hosts.Book.AskAsync(hosts.There, default);

        Assert.That((answer.IsAnswering, answer.SilentRounds, answer.Facts is null), Is.EqualTo((false, 2, false)));
        Assert.That(answer.Problem, Does.Contain("does not run or hangs"));

        hosts.Write(hosts.Facts());
        Assert.That((await hosts.Book.AskAsync(hosts.There, default)).SilentRounds, Is.Zero);
    }

    [Test]
    public async Task Another_host_key_is_refused_whoever_it_is()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var known = hosts.Here.Get<PeerKeys>().KnownHosts;
        var strange = (await File.ReadAllTextAsync(hosts.Here.Get<PeerKeys>().CopyKey + ".pub")).Split(' ')[1];
        var parts = hosts.KnownHostsLine.Split(' ');
        await File.WriteAllTextAsync(known, $"{parts[0]} {parts[1]} {strange}\n");

        var answer = await hosts.Book.AskAsync(hosts.There, default);

        Assert.That((answer.IsAnswering, answer.Facts), Is.EqualTo((false, (PeerFacts?)null)));
    }

    [Test]
    public async Task A_key_that_is_not_authorised_is_silence()
    {
        await using var hosts = await PeerHosts.StartAsync();
        await File.WriteAllTextAsync(hosts.Ssh.AuthorizedKeys, "");

        var answer = await hosts.Book.AskAsync(hosts.There, default);

        Assert.That((answer.IsAnswering, answer.SilentRounds), Is.EqualTo((false, 1)));
        Assert.That(answer.Problem, Is.Not.Empty);
    }

    [Test]
    public async Task A_port_that_hangs_costs_one_limit_and_one_that_refuses_none()
    {
        await using var hosts = await PeerHosts.StartAsync("00:00:04");
        hosts.Way.IsStalled = true;
        var begin = TimeProvider.System.GetTimestamp();

        var hanging = await hosts.Book.AskAsync(hosts.There, default);

        Assert.That((hanging.IsAnswering, hanging.SilentRounds), Is.EqualTo((false, 1)));
        Assert.That(TimeProvider.System.GetElapsedTime(begin), Is.LessThan(TimeSpan.FromSeconds(40))); // ssh would wait two minutes by itself
        hosts.Way.Close();
        var refusing = await hosts.Book.AskAsync(hosts.There, default);
        Assert.That((refusing.IsAnswering, refusing.SilentRounds), Is.EqualTo((false, 2)));
    }

    [TestCase(0, null)]
    [TestCase(119, null)]
    [TestCase(121, "does not run or hangs")]
    [TestCase(-119, null)]
    [TestCase(-121, "clocks is wrong")]
    public void Facts_are_fresh_within_a_limit_on_both_sides_of_now(int ageSeconds, string? problem)
    {
        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var facts = new PeerFacts(1, "1", "there", "h", now.AddSeconds(-ageSeconds), null, []);

        Assert.That(PeerBook.Staleness(facts, now, TimeSpan.FromMinutes(2)), problem is null ? Is.Null : Does.Contain(problem));
    }
}
