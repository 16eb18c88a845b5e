using System.Globalization;
using Npgsql;
using SispiAgent.Demo;
using SispiAgent.Tests.Demo;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Liveness;

/// <summary>
/// Three real agents over three real servers: what happens to a server, and the mails that come of it. One site for all; each test leaves it
/// well again, and no mail but those it asked for.
/// </summary>
[Category("Postgres"), FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class WholeAgentTests
{
    private WatchedSite? _watched;

    private WatchedSite Watched => _watched!;

    private DemoServers Servers => Watched.Servers;

    [OneTimeSetUp]
    public async Task StartSite() => _watched = await WatchedSite.StartAsync();

    [OneTimeTearDown]
    public async Task EndSite()
    {
        if (_watched is not null)
            await _watched.DisposeAsync();
    }

    [TearDown]
    public async Task Nothing_else_was_mailed_and_nothing_is_left_open()
    {
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System); // rounds of every probe: what is too much comes by then
        Assert.That(Watched.Unexpected(), Is.Empty);
        Assert.That(Watched.Site.Agents.Keys.Select(Watched.OpenAlerts), Is.All.Zero);
    }

    [Test]
    public async Task A_killed_primary_is_mailed_and_its_return_in_the_same_thread()
    {
        var killedAt = TimeProvider.System.GetUtcNow();
        await DemoStory.CrashAsync(Servers.Primary, default);
        var mail = await Watched.MailAsync(new("killed", "server2", "CRITICAL server2: PostgreSQL refuses connections") { Says = ["the server was killed or the host crashed", "at fault: the process is gone, the host is up"] });
        await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"from kill -9 to acceptance: {(mail.TakenAt - killedAt).TotalSeconds:0.0} s (heartbeat 4 s, second look after 2 s)"));

        await Servers.Primary.StartAsync(default);
        await Watched.MailAsync(new("back", "server2", "OK server2: PostgreSQL ") { Under = "killed", Says = ["it lasted"], MayComeBefore = DemoStory.StartingUp("server2") });
    }

    [Test]
    public async Task A_frozen_primary_does_not_answer()
    {
        Servers.Primary.Freeze();
        await Watched.MailAsync(new("frozen", "server2", "CRITICAL server2: PostgreSQL does not answer") { Says = ["is stopped by a signal (state T)", "kill -CONT"] });

        Servers.Primary.Thaw();
        await Watched.MailAsync(new("thawed", "server2", "OK server2: PostgreSQL does not answer (over after ") { Under = "frozen" });
    }

    [Test]
    public async Task A_full_server_is_told_from_one_that_is_down()
    {
        List<NpgsqlConnection> held = [];
        try
        {
            await Eventually.TrueAsync(async () => await FillAsync(held), "full server");
            await Watched.MailAsync(new("full", "server2", "CRITICAL server2: PostgreSQL has no connection left") { Says = ["new ones, the observatory's too, are turned away"] }); // by 53300, or by a superuser's slot that was free yet
        }
        finally
        {
            foreach (var connection in held)
                await connection.DisposeAsync();
        }

        await Watched.MailAsync(new("room", "server2", "OK server2: PostgreSQL has no connection left (over after ") { Under = "full" });
    }

    [Test]
    public async Task A_wrong_password_is_the_agents_trouble_and_not_the_servers()
    {
        var right = await File.ReadAllTextAsync(Watched.Site.Folder.PassFile);
        try
        {
            await File.WriteAllTextAsync(Watched.Site.Folder.PassFile, "127.0.0.1:*:*:dbadmin:wrong\n");
            await Watched.MailAsync(new("password", "system1", "WARNING server2: PostgreSQL is up, the agent's login is not") { Says = ["28P01", "seen from system1"] });
        }
        finally
        {
            await File.WriteAllTextAsync(Watched.Site.Folder.PassFile, right);
        }

        await Watched.MailAsync(new("let in", "system1", "OK server2: PostgreSQL is up, the agent's login is not (over after ") { Under = "password" });
    }

    [Test]
    public async Task A_stopped_standby_is_mailed_by_its_own_agent_only()
    {
        await Servers.Standby.StopAsync();
        await Watched.MailAsync(new("standby", "server3", "CRITICAL server3: PostgreSQL refuses connections") { Says = ["postmaster.pid is not there"] });

        await Servers.Standby.StartAsync(default);
        await Watched.MailAsync(new("standby again", "server3", "OK server3: PostgreSQL ") { Under = "standby", MayComeBefore = DemoStory.StartingUp("server3") });
    }

    [Test]
    public async Task A_lost_WAL_sender_of_the_mirror_is_mailed_by_the_primarys_agent()
    {
        await Servers.Mirror.StopAsync();
        await Watched.MailAsync(new("mirror", "server2", "WARNING des10: gets no WAL from the primary") { Says = ["has no WAL sender for des10"] });

        await Servers.Mirror.StartAsync(default);
        await Watched.MailAsync(new("mirror again", "server2", "OK des10: gets no WAL from the primary (over after ") { Under = "mirror" });
    }

    [Test]
    public async Task Paused_replay_of_the_mirror_is_mailed_by_the_primarys_agent_and_clears_when_it_is_resumed()
    {
        await Servers.Mirror.ExecuteAsync("SELECT pg_wal_replay_pause()");
        await Watched.MailAsync(new("paused", "server2", "WARNING des10: replay is paused") { Says = ["SELECT pg_wal_replay_resume();"] });

        await Servers.Mirror.ExecuteAsync("SELECT pg_wal_replay_resume()");
        await Watched.MailAsync(new("resumed", "server2", "OK des10: replay is paused (over after ") { Under = "paused" });
    }

    /// <summary>Its last word, that all is well, is of before: nobody may take it for "the network is at fault".</summary>
    [Test]
    public async Task The_web_hosts_agent_speaks_for_a_server_whose_own_agent_is_gone()
    {
        await Watched.Site.Agents["server2"].KillAsync(default);
        Servers.Primary.Freeze();
        await Watched.MailAsync(new("seen from afar", "system1", "CRITICAL server2: PostgreSQL does not answer") { Says = ["seen from system1", "its own agent has given no answer"] });
        await Watched.MailAsync(new("silent", "server3", "WARNING server2: the agent gives no answer"));

        Servers.Primary.Thaw();
        await Watched.MailAsync(new("answers again", "system1", "OK server2: PostgreSQL does not answer (over after ") { Under = "seen from afar" });
        Watched.Site.Agents["server2"].Start();
        await Watched.MailAsync(new("agent back", "server3", "OK server2: the agent gives no answer (over after ") { Under = "silent" });
    }

    /// <summary>The mail server is down; trouble begins, all agents are killed; it ends, they are killed again; then the mail server is back.</summary>
    [Test]
    public async Task Killed_agents_and_a_mail_server_that_is_down_neither_lose_nor_repeat_a_notice()
    {
        await Watched.Site.Sink.CloseAsync();
        await Servers.Standby.StopAsync();
        await Eventually.TrueAsync(() => Watched.OpenAlerts("server3") == 1, "alert of the stopped standby");
        await RestartAgentsAsync();
        await Servers.Standby.StartAsync(default);
        await Eventually.TrueAsync(() => Watched.OpenAlerts("server3") == 0, "all-clear of the standby");
        await RestartAgentsAsync();

        Watched.Site.Sink.Open();

        await Watched.MailAsync(new("late", "server3", "CRITICAL server3: PostgreSQL refuses connections"));
        await Watched.MailAsync(new("late end", "server3", "OK server3: PostgreSQL ") { Under = "late", MayComeBefore = DemoStory.StartingUp("server3") });
    }

    private async Task RestartAgentsAsync()
    {
        foreach (var agent in Watched.Site.Agents.Values)
            await agent.KillAsync(default);
        await Watched.Site.StartAgentsAsync(default);
    }

    /// <summary>Takes connections as superuser, the reserved ones too, until there is none; the agents' own come and go.</summary>
    private async Task<bool> FillAsync(List<NpgsqlConnection> held)
    {
        try
        {
            while (true)
                held.Add(await Servers.Primary.OpenAsync("postgres", default));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            return true;
        }
    }
}
