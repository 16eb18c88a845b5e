using System.Text.Json.Nodes;
using Npgsql;
using SispiAgent.Conformance;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Tests.Demo;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

/// <summary>
/// Settings and access rules changed by hand while three agents look every few seconds: the mails that come, and their remedies done to the
/// letter. One site for all; each test leaves it well again.
/// </summary>
[Category("Postgres"), Category("Ssh"), FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class ConformanceMailTests
{
    private WatchedSite? _watched;

    private WatchedSite Watched => _watched!;

    private ScratchServer Primary => Watched.Servers.Primary;

    private ScratchServer Standby => Watched.Servers.Standby;

    private ScratchServer Mirror => Watched.Servers.Mirror;

    [OneTimeSetUp]
    public async Task StartSite() => _watched = await WatchedSite.StartAsync(("Schedules", ScheduleKeys.Conformance, "00:00:03"));

    [OneTimeTearDown]
    public async Task EndSite()
    {
        if (_watched is not null)
            await _watched.DisposeAsync();
    }

    [TestCase(32, "raise")]
    [TestCase(128, "lower")]
    public async Task A_standby_with_another_setting_than_its_primary_is_mailed_and_mended_as_the_mail_says(int locks, string key)
    {
        Standby.Set(("max_locks_per_transaction", $"{locks}"));
        await GuidedHost.RestartAsync(Standby);
        var mail = await Watched.MailAsync(new(key, "server3", "WARNING server3/max_locks_per_transaction: max_locks_per_transaction is not as on the primary")
        {
            Says = ["server2, the primary: 64", $"server3, the standby: {locks}", "server3: its configuration has changed", $"+ max_locks_per_transaction = {locks}"],
        });

        var before = Ends("server3", "server3/max_locks_per_transaction");
        await FollowAsync(mail.Text, "server3/max_locks_per_transaction", Standby);
        // a standby that is restarted so often breaks its connection again and again: the end may share a mail with that
        await Eventually.TrueAsync(() => Ends("server3", "server3/max_locks_per_transaction") > before, "mail that it is over");
    }

    /// <summary>How many mails of a host, behind the first ones, say of a subject that it is over.</summary>
    private int Ends(string host, string subject, int before = 0) => DemoMail.ReadAll(Watched.Site.Folder.Mails).Skip(before).Count(mail => mail.Node == host && mail.Text.ReplaceLineEndings("\n").Split("\n\n") is var parts
        && parts.Where((part, at) => part.StartsWith($"{subject}: ", StringComparison.Ordinal) && at + 1 < parts.Length && parts[at + 1].StartsWith("This is over.", StringComparison.Ordinal)).Any());

    /// <summary>A mirror with hot standby stops replaying, and at a restart does not start, if the primary is first.</summary>
    [Test]
    public async Task The_guide_asks_for_more_and_the_mails_followed_in_their_order_keep_standby_and_mirror_alive()
    {
        var before = DemoMail.ReadAll(Watched.Site.Folder.Mails).Count;
        Watched.Edit(("Conformance", "Settings", Raised("60")));
        var standby = await AboutAsync("server3", "server3/max_connections", before);
        var mirror = await AboutAsync("server2", "des10/max_connections", before); // one mail with the primary's, if one look saw both
        var primary = await AboutAsync("server2", "server2/max_connections", before);
        Assert.That(primary.Text, Does.Contain("was: 40").And.Contain("should be: 60").And.Contain(SettingRemedy.ParityOrder));

        await FollowAsync(standby.Text, "server3/max_connections", Standby);
        await FollowAsync(mirror.Text, "des10/max_connections", Mirror);
        var (of3, of10) = (Standby.PostmasterId(), Mirror.PostmasterId());
        await FollowAsync(primary.Text, "server2/max_connections", Primary);

        // restarts can leave other alerts open until it is quiet: these are over
        await Eventually.TrueAsync(() => Ends("server3", "server3/max_connections", before) > 0 && Ends("server2", "des10/max_connections", before) > 0 && Ends("server2", "server2/max_connections", before) > 0, "mails that it is over");
        Assert.That((Standby.PostmasterId(), Mirror.PostmasterId()), Is.EqualTo((of3, of10)), "neither had to be started again");
        Assert.That(await ReceivesAsync(), Is.True, "both replay what the primary writes after its restart");
    }

    [Test]
    public async Task A_setting_and_an_access_rule_changed_by_hand_stand_as_a_diff_in_the_next_mail()
    {
        Mirror.Set(("work_mem", "16MB"));
        await Mirror.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => await ShowAsync(Mirror, "work_mem") == "16MB", "the mirror's new work_mem");
        var access = GuidedHost.Hba(Primary);
        Primary.Set(("work_mem", "8MB"));
        await File.WriteAllLinesAsync(access, (await File.ReadAllLinesAsync(access)).Select(line => line.Contains("139.229.14.0/25", StringComparison.Ordinal) ? "host all all 139.229.14.0/25 trust" : line));
        await Primary.ExecuteAsync("SELECT pg_reload_conf()");
        var mail = await Watched.MailAsync(new("changed", "server2", "CRITICAL server2/host all all 139.229.14.0/25 trust: a line of pg_hba.conf lets in whom nobody should")
        {
            Says = ["server2: its configuration has changed", "the look before was ", "+ work_mem = 8192 kB", "des10: its configuration has changed", "+ work_mem = 16384 kB", "- pg_hba.conf: host all all 139.229.14.0/25 md5", "+ pg_hba.conf: host all all 139.229.14.0/25 trust"],
        });
        await TestContext.Progress.WriteLineAsync(mail.Text);

        await FollowAsync(mail.Text, "server2/host all all 139.229.14.0/25 trust", Primary);
        await Watched.MailAsync(new("mended", "server2", "OK server2/host all all 139.229.14.0/25 trust: a line of pg_hba.conf lets in whom nobody should (over after ")
        {
            Under = "changed", Says = ["- pg_hba.conf: host all all 139.229.14.0/25 trust", "+ pg_hba.conf: host all all 139.229.14.0/25 md5"],
        });
    }

    private Task<DemoMail> AboutAsync(string host, string subject, int before) => Eventually.GetAsync(
        () => Task.FromResult(DemoMail.ReadAll(Watched.Site.Folder.Mails).Skip(before).FirstOrDefault(mail => mail.Node == host && mail.Text.ReplaceLineEndings("\n").Split('\n')
            .Any(line => line.StartsWith($"{subject}: max_connections is not as the guide says", StringComparison.Ordinal)))),
        $"mail about {subject} from {host}'s agent");

    private static async Task FollowAsync(string text, string subject, ScratchServer server)
    {
        var steps = MailRemedy.Steps(text, subject);
        Assert.That(await FollowedRemedy.FollowAsync(steps, server), Is.True, string.Join(" | ", steps));
    }

    private JsonObject Raised(string connections)
    {
        var settings = JsonNode.Parse(File.ReadAllText(Watched.Site.Folder.Configuration("server2")))!["Conformance"]!["Settings"]!.DeepClone().AsObject();
        settings["max_connections"] = connections;
        return settings;
    }

    private async Task<bool> ReceivesAsync()
    {
        await using var primary = await Primary.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= $1::pg_lsn", primary) { Parameters = { new() { Value = await PositionAsync() } } };
        await Eventually.TrueAsync(async () => (long)(await command.ExecuteScalarAsync())! == 2, "both replaying");
        return true;
    }

    private static async Task<string> ShowAsync(ScratchServer server, string name)
    {
        await using var connection = await server.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand($"SHOW {name}", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string> PositionAsync()
    {
        await using var primary = await Primary.OpenAsync("postgres", default);
        await using var command = new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'seen', 'x')::text", primary);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
