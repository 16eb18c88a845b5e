using SispiAgent.Conformance;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

[Category("Postgres")]
internal sealed class SettingsProbeTests
{
    private readonly GuidedHost _host = new();

    [TearDown]
    public void RemoveHost() => _host.Dispose();

    [Test]
    public async Task Each_setting_of_the_guide_changed_by_hand_is_found_and_the_remedy_to_the_letter_clears_it()
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        Assert.That(await probe.RunAsync(default), Is.Empty);

        foreach (var (name, wrong) in Wrong)
        {
            server.Set((name, wrong));
            await GuidedHost.RestartAsync(server);
            var findings = await probe.RunAsync(default);
            Assert.That(findings.Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (SettingJudge.Setting, $"server2/{name}") }), name);
            Assert.That(await FollowedRemedy.FollowAsync(findings[0].Remedy, server), Is.True);
            await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, $"clean look after {name}: {string.Join(" | ", findings[0].Remedy)}");
        }
    }

    [TestCase("host all all 139.229.14.0/25 reject")]
    [TestCase("host all all 139.229.14.0/25 trust")]
    [TestCase("host all all 139.229.14.0/25 password")]
    [TestCase("host all all 139.229.14.0/26 md5")]
    [TestCase("host all all 139.229.14.0/25 md6")]
    [TestCase("# host all all 139.229.14.0/25 md5")]
    public Task A_line_changed_by_hand_is_found_and_the_remedy_clears_it(string changed) => ChangeAsync(1, changed);

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public Task A_line_taken_out_is_found_and_the_remedy_clears_it(int index) => ChangeAsync(index, "");

    [TestCase("host all all 139.229.0.0/16 reject")]
    [TestCase("local all dbadmin md5\nlocal all dbadmin peer")]
    public Task A_line_put_before_is_found_and_the_remedy_clears_it(string added) => ChangeAsync(1, $"{added}\n{GuidedHost.Lines[1]}");

    [Test]
    public async Task What_SQL_changed_is_reset_by_SQL()
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        await server.ExecuteAsync("ALTER SYSTEM SET log_rotation_age = '1d'");
        await server.ExecuteAsync("SELECT pg_reload_conf()");

        var finding = await Eventually.GetAsync(async () => (await probe.RunAsync(default)).SingleOrDefault(), "finding");
        Assert.That(finding.Subject, Is.EqualTo("server2/log_rotation_age"));
        await FollowedRemedy.FollowAsync(finding.Remedy, server);

        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look");
    }

    [TestCase("ALTER ROLE postgres SET timezone = 'America/Santiago'", "server2/timezone")]
    [TestCase("ALTER DATABASE postgres SET search_path = public", "server2/search_path")]
    [TestCase("ALTER ROLE postgres IN DATABASE postgres SET search_path = public", "server2/search_path")]
    public async Task What_a_role_or_a_database_has_is_reset_as_the_mail_says(string change, string subject)
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        await server.ExecuteAsync(change);

        var finding = (await probe.RunAsync(default)).Single();

        Assert.That(finding.Subject, Is.EqualTo(subject));
        Assert.That(await FollowedRemedy.FollowAsync(finding.Remedy, server), Is.True);
        Assert.That(await probe.RunAsync(default), Is.Empty, string.Join(" | ", finding.Remedy));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_value_of_the_guide_that_a_restart_would_take_away_goes_back_as_the_mail_says(bool isBySql)
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        if (isBySql)
            await server.ExecuteAsync("ALTER SYSTEM SET max_wal_senders = 7");
        else
            server.Set(("max_wal_senders", "7"));
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        var finding = await Eventually.GetAsync(async () => (await probe.RunAsync(default)).SingleOrDefault(), "finding");
        Assert.That((finding.Code, finding.Subject), Is.EqualTo((SettingJudge.Pending, "server2/max_wal_senders")));

        Assert.That(await FollowedRemedy.FollowAsync(finding.Remedy, server), Is.True);
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, $"clean look: {string.Join(" | ", finding.Remedy)}");
        await GuidedHost.RestartAsync(server);

        Assert.That(await probe.RunAsync(default), Is.Empty, "nor is it taken away by a restart");
    }

    [Test]
    public async Task What_was_edited_and_not_loaded_is_told()
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        await File.AppendAllTextAsync(GuidedHost.Hba(server), "# remark\n");
        server.Set(("max_connections", "401"));
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Select(finding => finding.Code).SequenceEqual([SettingJudge.Pending]), "pending restart, with the file read");
        await File.AppendAllTextAsync(GuidedHost.Hba(server), "# another\n");

        var findings = await probe.RunAsync(default);

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { SettingJudge.Pending, AccessJudge.Unread }));
    }

    [Test]
    public async Task A_standby_that_answers_no_SQL_is_judged_by_its_files_and_mended_by_them()
    {
        var primary = await GuidedHost.StoppedAsync(Requires.Postgres());
        await using var _ = primary;
        await using var standby = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        GuidedHost.SetUp(standby);
        standby.Follow(primary, hotStandby: false, "server3");
        await primary.StartAsync(default);
        await standby.StartAsync(default);
        var probe = _host.Probe(standby);
        Assert.That(await probe.RunAsync(default), Is.Empty);

        standby.Set(("max_connections", "300"), ("search_path", "public"));
        await File.AppendAllTextAsync(GuidedHost.Hba(standby), "host all all 0.0.0.0/0 trust\n");
        var findings = await probe.RunAsync(default);

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { SettingJudge.Setting, SettingJudge.Setting, AccessJudge.Dangerous }));
        foreach (var finding in findings.Where(finding => finding.Code == SettingJudge.Setting))
            await FollowedRemedy.FollowAsync(finding.Remedy, standby);
        Assert.That((await probe.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { AccessJudge.Dangerous }));
    }

    /// <summary>It says what a standby without hot standby says, and what was open is not over: its files are not what it runs with.</summary>
    [Test]
    public async Task A_server_that_stops_is_not_taken_for_a_standby_without_SQL()
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        server.Set(("max_connections", "401"));
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Any(finding => finding.Code == SettingJudge.Pending), "pending restart");
        var before = _host.Drift.Since(DateTimeOffset.MinValue).Count;

        await using (await server.OpenAsync("postgres", default)) // which a smart stop waits for
        {
            await SispiAgent.Processes.ToolRunner.RunToSuccessAsync(new(server.Installation.Program("pg_ctl"), ["stop", "-W", "-m", "smart", "-D", server.DataDirectory]), default);
            await Eventually.TrueAsync(() => Task.FromResult(PostmasterPidFile.Read(server.DataDirectory)?.Status == "stopping"), "a server that stops");

            Assert.That(async () => await probe.RunAsync(default), Throws.InstanceOf<SispiAgent.Findings.LookSuspendedException>());
        }

        Assert.That(_host.Drift.Since(DateTimeOffset.MinValue), Has.Count.EqualTo(before));
    }

    /// <summary>Its files, then the running server, then its files again: nothing was changed.</summary>
    [Test]
    public async Task A_failover_is_no_change_of_the_configuration()
    {
        var primary = await GuidedHost.StoppedAsync(Requires.Postgres());
        await using var _ = primary;
        await using var standby = await primary.CopyAsync(PostgresServers.NewFolder(), Ports.Next(), default);
        GuidedHost.SetUp(standby);
        standby.Follow(primary, hotStandby: false, "server3");
        standby.Set(("shared_buffers", "16MB"), ("deadlock_timeout", "2000"), ("fsync", "true"), ("log_line_prefix", "%t [%p] "), ("site.of", "cerro"), ("archive_timeout", "1h"), ("random_page_cost", "1.10"), ("log_file_mode", "0640"));
        await primary.StartAsync(default);
        await standby.StartAsync(default);
        var probe = _host.Probe(standby);
        await probe.RunAsync(default);

        await PromoteAsync(standby);
        await probe.RunAsync(default);
        Assert.That(Told(), Is.Empty);

        standby.Set(("deadlock_timeout", "3000"));
        await standby.StopAsync();
        standby.Follow(primary, hotStandby: false, "server3");
        await standby.StartAsync(default);
        await probe.RunAsync(default);
        Assert.That(Told(), Is.EqualTo(new[] { "- deadlock_timeout = 2000 ms", "+ deadlock_timeout = 3000" }), "a real change is not lost");

        IEnumerable<string> Told() => _host.Drift.Since(DateTimeOffset.MinValue).SelectMany(change => change.Diff);
    }

    private static async Task PromoteAsync(ScratchServer standby)
    {
        await ToolAsync(standby, "promote");
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await standby.ExecuteAsync("SELECT 1 / (NOT pg_is_in_recovery())::int");
                return true;
            }
            catch (Npgsql.NpgsqlException)
            {
                return false;
            }
        }, "a primary");
    }

    /// <summary>Each setting of the guide with another value.</summary>
    private static IEnumerable<(string Name, string Value)> Wrong =>
    [
        ("listen_addresses", "127.0.0.1"), ("max_connections", "300"), ("logging_collector", "off"), ("log_directory", "log"), ("log_filename", "postgresql-%a.log"), ("log_truncate_on_rotation", "off"),
        ("log_rotation_age", "1d"), ("search_path", "public"), ("timezone", "America/Santiago"), ("wal_level", "logical"), ("max_wal_senders", "4"), ("wal_keep_size", "512MB"),
    ];

    private async Task ChangeAsync(int index, string changed)
    {
        await using var server = await GuidedHost.StartAsync(Requires.Postgres());
        var probe = _host.Probe(server);
        Assert.That(await probe.RunAsync(default), Is.Empty);
        await File.WriteAllLinesAsync(GuidedHost.Hba(server), GuidedHost.Lines.Select((line, at) => at == index ? changed : line));
        await ToolAsync(server, "reload");

        // a line that the server does not take hides what else is wrong: as many rounds as an operator would need
        var sawSome = false;
        for (var round = 0; round < 3; round++)
        {
            var findings = (await probe.RunAsync(default)).Where(finding => finding.Code != AccessJudge.Unread).ToArray();
            sawSome |= findings.Length > 0;
            if (findings.Length > 0)
                Assert.That(await FollowedRemedy.FollowAsync(findings[0].Remedy, server), Is.True, string.Join(" | ", findings[0].Remedy));
        }

        Assert.That(sawSome, Is.True);
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look");
    }

    private static Task<SispiAgent.Processes.ToolResult> ToolAsync(ScratchServer server, string what) =>
        SispiAgent.Processes.ToolRunner.RunToSuccessAsync(new(server.Installation.Program("pg_ctl"), [what, "-D", server.DataDirectory]), default);
}
