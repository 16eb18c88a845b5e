using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

/// <summary>A mirror has no agent: the primary's asks it over SQL, and sees where its settings stand as far as its role may.</summary>
[Category("Postgres")]
internal sealed class MirrorSettingsTests
{
    private readonly GuidedHost _host = new();
    private ScratchServer _server = null!;
    private ScratchServer _mirror = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _server = await GuidedHost.StartAsync(Requires.Postgres());
        _mirror = await GuidedHost.StoppedAsync(Requires.Postgres());
        // its address is another one here, which the guide's lines would send elsewhere
        await File.WriteAllLinesAsync(GuidedHost.Hba(_server), GuidedHost.Lines.Select(line => line.Replace("10.0.0.10/32", "127.0.0.1/32", StringComparison.Ordinal)));
        await File.WriteAllLinesAsync(GuidedHost.Hba(_mirror), ["local all all trust", "host all all 127.0.0.1/32 trust"]);
        await _server.ExecuteAsync("SELECT pg_reload_conf()");
        await _mirror.StartAsync(default);
        await _mirror.ExecuteAsync("CREATE ROLE dbadmin SUPERUSER LOGIN; CREATE ROLE watcher LOGIN; GRANT pg_monitor TO watcher; CREATE ROLE nobody LOGIN");
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _mirror.DisposeAsync();
        await _server.DisposeAsync();
        _host.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_differs_is_mended_to_the_letter_wherever_it_was_written(bool isBySql)
    {
        var probe = _host.Probe(_server, _mirror);
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look");
        var finding = await ChangedAsync(probe, isBySql);

        Assert.That(finding.Evidence, Has.Some.StartsWith($"set in: {Path.Combine(_mirror.DataDirectory, isBySql ? "postgresql.auto.conf" : "postgresql.conf")}, line "));
        Assert.That(await FollowedRemedy.FollowAsync(finding.Remedy, _mirror), Is.True, string.Join(" | ", finding.Remedy));
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, $"clean look: {string.Join(" | ", finding.Remedy)}");
    }

    [Test]
    public async Task What_waits_for_a_restart_is_told_with_what_the_files_say()
    {
        var probe = _host.Probe(_server, _mirror);
        _mirror.Set(("max_connections", "500"));
        await _mirror.ExecuteAsync("SELECT pg_reload_conf()");

        var finding = await Eventually.GetAsync(async () => (await probe.RunAsync(default)).SingleOrDefault(), "finding");

        Assert.That((finding.Code, finding.Subject), Is.EqualTo((SettingJudge.Pending, "des10/max_connections")));
        Assert.That(finding.Evidence, Has.Some.StartsWith("the files say: 500 ("));
    }

    [TestCase("watcher", "postgresql.auto.conf, line ")]
    [TestCase("nobody", "set in: a file that the agent's role may not see")]
    public async Task A_role_that_may_not_see_the_files_claims_nothing_of_them(string role, string words)
    {
        var finding = await ChangedAsync(_host.Probe(_server, _mirror, role), isBySql: true);

        Assert.That(finding.Evidence, Has.Some.Contains(words));
        Assert.That(finding.Evidence, Has.None.Contains("not set in the files"));
    }

    [Test]
    public async Task One_that_can_not_be_asked_is_unseen_and_not_well()
    {
        var probe = _host.Probe(_server, _mirror);
        await ChangedAsync(probe, isBySql: true);
        Assert.That(probe.Unseen, Is.Empty);

        await _mirror.StopAsync();
        Assert.That((await probe.RunAsync(default)).Count, Is.Zero);
        Assert.That(probe.Unseen, Is.EqualTo(new[] { new Unseen("des10") }));

        await _mirror.StartAsync(default);
        Assert.That((await probe.RunAsync(default)).Count, Is.EqualTo(1));
        Assert.That(probe.Unseen, Is.Empty);
    }

    private async Task<Finding> ChangedAsync(SettingsProbe probe, bool isBySql)
    {
        if (isBySql)
            await _mirror.ExecuteAsync("ALTER SYSTEM SET log_rotation_age = '1d'");
        else
            _mirror.Set(("log_rotation_age", "1d"));
        await _mirror.ExecuteAsync("SELECT pg_reload_conf()");
        var finding = await Eventually.GetAsync(async () => (await probe.RunAsync(default)).SingleOrDefault(), "finding");
        Assert.That((finding.Code, finding.Subject), Is.EqualTo((SettingJudge.Setting, "des10/log_rotation_age")));
        return finding;
    }
}
