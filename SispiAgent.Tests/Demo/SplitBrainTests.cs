using System.Globalization;
using SispiAgent.Processes;

namespace SispiAgent.Tests.Demo;

/// <summary>Two primaries made by hand under three real agents: who mails it, when, and when it is over.</summary>
[Category("Postgres")]
internal sealed class SplitBrainTests
{
    /// <summary>A round of <c>Replication</c> and the second look take 2 s each; an ssh and a busy machine the rest.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_promoted_standby_is_mailed_by_every_agent_and_nothing_else_is()
    {
        await using var watched = await WatchedSite.StartAsync();
        var promoted = TimeProvider.System.GetUtcNow();
        var standby = watched.Servers.Standby;
        await ToolRunner.RunToSuccessAsync(new ToolCommand(standby.Installation.Program("pg_ctl"), ["promote", "-w", "-s", "-D", standby.DataDirectory]) { DiscardsOutput = true }, default);

        foreach (var host in new[] { "server2", "server3", "system1" })
        {
            var mail = await watched.MailAsync(new($"split from {host}", host, "CRITICAL server2: two primaries: server2 and server3 accept writes")
            {
                Says = ["server3's history leaves timeline 1 at ", "server2 was left behind there", "On server2, stop its server at once unless you know that the programs write there: pg_ctl -D "],
            });
            await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{host}: {(mail.TakenAt - promoted).TotalSeconds:0.0} s after the promotion (Replication 2 s, second look after 2 s)"));
            Assert.That(mail.TakenAt - promoted, Is.LessThan(Soon), host);
        }

        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System); // rounds of every probe, of Peers too: what is too much comes by then
        Assert.That(watched.Unexpected(), Is.Empty, "one fact, and no other mail about it");

        await watched.Servers.Primary.StopAsync(); // the remedy
        foreach (var host in new[] { "server2", "server3", "system1" })
            await watched.MailAsync(new($"over on {host}", host, "OK server2: two primaries: server2 and server3 accept writes (over after ") { Under = $"split from {host}" });
    }
}
