using System.Globalization;
using System.Text.Json.Nodes;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Tests.Demo;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Mail;

/// <summary>The digest of three running agents, as it arrives: by its schedule, from the primary's agent alone.</summary>
[Category("Postgres"), Category("Ssh")]
internal sealed class WeeklyDigestMailTests
{
    [Test]
    public async Task It_arrives_by_its_schedule_and_holds_what_a_reader_asks_for()
    {
        await using var watched = await WatchedSite.StartAsync(("Schedules", ScheduleKeys.Conformance, "00:00:10"), ("Schedules", ScheduleKeys.Readiness, "00:00:40"), ("Replication", "RateNeeds", "00:00:05"));
        var site = watched.Site;
        await VerbAsync(site, "server2", "backup", "run");
        await watched.MailAsync(new("backup", "server2", "backup of server2 done: "));
        await VerbAsync(site, "server3", "drill");
        watched.Servers.Standby.Set(("work_mem", "8MB"));
        await Eventually.TrueAsync(async () => (await VerbAsync(site, "server3", "status")).Contains("work_mem", StringComparison.Ordinal), "change of server3's settings");
        await Eventually.TrueAsync(async () => (await VerbAsync(site, "server2", "status")).Contains("at the last hour's rate", StringComparison.Ordinal), "WAL rate");
        await watched.Servers.Primary.ExecuteAsync("SELECT pg_logical_emit_message(false, 'load', repeat('x', 1 << 20)) FROM generate_series(1, 64)"); // at such a rate 1 GB lasts for hours
        await watched.Servers.Mirror.StopAsync();
        await Eventually.TrueAsync(() => watched.OpenAlerts("server2") == 2, "alerts of the mirror: no WAL sender, and a runway that ends");
        Assert.That(await VerbAsync(site, "server2", "status"), Does.Match("server2 .*WAL runway").And.Match("server3 .*WAL runway .*connected").And.Match("des10 .*WAL runway .*must reconnect before"));

        watched.Edit(("Schedules", ScheduleKeys.Digest, InSeconds(15)));
        var mail = await watched.MailAsync(new("digest", "server2", "Weekly digest: 2 alerts are open")
        {
            Says =
            [
                "Warning: des10: gets no WAL from the primary, since ", "Written by server2, which is the primary. The next digest is due ",
                "A mistaken DELETE today can be undone to ", "Its copy was proven on server3.", "Backup sets, newest first", "Sizes and growth", "decam_prd",
                "WAL runway", "about 1.5 weeks for 64 segments", "wal_keep_size keeps 1 GB", "Changed settings", "+ work_mem = 8MB",
            ],
        });
        await TestContext.Progress.WriteLineAsync(mail.Text);
        Assert.That(mail.Text, Does.Match("server3 +restore drill +server2/[0-9TZ]+ passed").And.Match("des10 +! must reconnect before .* left\\)").And.Match("server3 +connected").And.Match("server2 +wal_keep_size keeps 1 GB.*worth"));
        Assert.That(mail.Text, Does.Match("undone to [A-Z][a-z]{2} [0-9-]+ [0-9:]+ -0[34] \\(([A-Z][a-z]{2} )?[0-9:]+ UTC\\)"));
        var whole = site.Sink.ReadMails().Single(one => one.Subject!.Contains("Weekly digest", StringComparison.Ordinal));
        Assert.That(whole.HtmlBody, Does.Contain("A mistaken DELETE today can be undone to").And.Contain("WAL runway"));

        watched.Edit(("Schedules", ScheduleKeys.Digest, "0 0 1 1 *"));
        var printed = await VerbAsync(site, "server3", "digest", "--send");
        Assert.That(printed, Does.Contain("[SISPI] Weekly digest: ").And.Contain("Written by server3, because somebody asked."));
        var sent = await watched.MailAsync(new("sent", "server3", "Weekly digest: ") { Says = ["Written by server3, because somebody asked.", "server3, between ", "+ work_mem = 8MB"] });
        Assert.That(sent.Text.Split("+ work_mem").Length, Is.EqualTo(2), "told once in one mail");
    }

    private static async Task<string> VerbAsync(DemoSite site, string node, params string[] verb)
    {
        var result = await site.Agents[node].RunAsync(verb, default);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Output + result.ErrorTail);
        return result.Output;
    }

    /// <summary>A firing a little later, in the site's time.</summary>
    private static JsonValue InSeconds(int seconds) => JsonValue.Create(
        TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow().AddSeconds(seconds), TimeZoneInfo.FindSystemTimeZoneById("America/Santiago")).ToString("s m H '? * *'", CultureInfo.InvariantCulture));
}
