using System.Globalization;
using SispiAgent.Demo;
using SispiAgent.Peers;
using SispiAgent.Processes;
using SispiAgent.Tests.Demo;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

/// <summary>Two primaries made by hand under three real agents: who mails it, when, and when it is over.</summary>
[Category("Postgres")]
internal sealed class SplitBrainTests
{
    [Test]
    public async Task A_promoted_standby_is_mailed_by_every_agent_and_nothing_else_is()
    {
        await using var watched = await WatchedSite.StartAsync();
        var promoted = TimeProvider.System.GetUtcNow();
        var standby = watched.Servers.Standby;
        await ToolRunner.RunToSuccessAsync(new ToolCommand(standby.Installation.Program("pg_ctl"), ["promote", "-w", "-s", "-D", standby.DataDirectory]) { DiscardsOutput = true }, default);

        foreach (var (host, source) in new[] { ("server2", "over SQL"), ("server3", "seen on this host"), ("system1", "over SQL") }) // of the agents' facts it would be known later
        {
            var mail = await watched.MailAsync(new($"split from {host}", host, "CRITICAL server2: two primaries: server2 and server3 accept writes")
            {
                Says = [$"server3 is a primary ({source}), timeline 2", "server3's history leaves timeline 1 at ", "server2 was left behind there", "On server2, as PostgreSQL's user, stop its server at once unless you know that the programs write there: pg_ctl -D "],
            });
            await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{host}: {(mail.TakenAt - promoted).TotalSeconds:0.0} s after the promotion (Replication 4 s, second look after 2 s)"));
        }

        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System); // rounds of every probe, of Peers too: what is too much comes by then
        Assert.That(watched.Unexpected(), Is.Empty, "one fact, and no other mail about it");

        await watched.Servers.Primary.StopAsync(); // the remedy
        foreach (var host in new[] { "server2", "server3", "system1" })
            await watched.MailAsync(new($"over on {host}", host, "OK server2: two primaries: server2 and server3 accept writes (over after ") { Under = $"split from {host}" });
    }

    /// <summary>server3 lets no other agent in over SQL: the others learn it from its own agent's facts, asked every ten seconds here.</summary>
    [Test]
    public async Task An_agent_that_is_let_in_nowhere_over_SQL_mails_it_by_the_next_round_of_Peers()
    {
        await using var watched = await WatchedSite.StartAsync();
        var standby = watched.Servers.Standby;
        var access = Path.Combine(standby.DataDirectory, "pg_hba.conf");
        await File.WriteAllLinesAsync(access, (await File.ReadAllLinesAsync(access)).Where(line => line.StartsWith("local", StringComparison.Ordinal)));
        await ToolRunner.RunToSuccessAsync(new ToolCommand(standby.Installation.Program("pg_ctl"), ["reload", "-s", "-D", standby.DataDirectory]), default);
        var promoted = TimeProvider.System.GetUtcNow();
        await ToolRunner.RunToSuccessAsync(new ToolCommand(standby.Installation.Program("pg_ctl"), ["promote", "-w", "-s", "-D", standby.DataDirectory]) { DiscardsOutput = true }, default);

        foreach (var (host, says) in new[] { ("server2", "server3 is a primary (its own agent says), timeline 2"), ("server3", "server3 is a primary (seen on this host), timeline 2"), ("system1", "server3 is a primary (its own agent says), timeline 2") })
        {
            var mail = await Eventually.GetAsync(() => Task.FromResult(DemoMail.ReadAll(watched.Site.Folder.Mails).FirstOrDefault(mail => mail.Node == host && mail.Text.Contains("two primaries: server2 and server3", StringComparison.Ordinal))), $"mail of two primaries from {host}");
            await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{host}: {(mail.TakenAt - promoted).TotalSeconds:0.0} s after the promotion, by facts (Peers 10 s)"));
            Assert.That(mail.Text, Does.Contain(says).And.Contain("server3's history leaves timeline 1 at "));
        }
    }

    /// <summary>A standby.signal that was left behind, and a restart: both are standbys, and neither tells that it receives nothing.</summary>
    [Test]
    public async Task A_primary_that_comes_back_as_a_standby_is_one_mail_and_over_when_it_is_promoted_as_told()
    {
        await using var watched = await WatchedSite.StartAsync();
        foreach (var agent in watched.Site.Agents.Values)
            await agent.KillAsync(default);
        var primary = watched.Servers.Primary;
        await primary.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(primary.DataDirectory, "standby.signal"), "");
        await primary.StartAsync(default);

        // server3's first: while its agent is silent, server2's can't know that there is no primary, and says what it sees of its own
        foreach (var host in new[] { "server3", "system1" })
            watched.Site.Agents[host].Start();
        await Eventually.TrueAsync(() => IsFresh(watched.Site.Folder.State("server3"), TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(5)), "facts of server3's agent");
        watched.Site.Agents["server2"].Start();

        await watched.MailAsync(new("none", "server2", "CRITICAL server2: no primary: every database server is a standby") { Says = ["server3 is a standby", "SELECT pg_promote()"] });
        await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System); // rounds of every probe, of Peers too
        Assert.That(watched.Unexpected().Where(mail => !mail.Contains("the server was started again", StringComparison.Ordinal)), Is.Empty, "that it was restarted is another fact");

        await primary.ExecuteAsync("SELECT pg_promote()");
        await watched.MailAsync(new("again", "server2", "OK server2: no primary: every database server is a standby (over after ") { Under = "none" });
    }

    private static bool IsFresh(string state, DateTimeOffset since) => PeerFactsFile.Read(File.ReadAllText(Path.Combine(state, "facts.json"))).ObservedAt > since;
}
