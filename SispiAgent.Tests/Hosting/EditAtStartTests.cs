using Microsoft.Extensions.Logging.Abstractions;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Hosting;
using SispiAgent.Mail;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Hosting;

/// <summary>Between the reading of the configuration and the first look at its file lie seconds on a busy machine: what is saved then is not lost.</summary>
internal sealed class EditAtStartTests
{
    private readonly TempFolder _folder = new();
    private readonly AgentDatabase _database;
    private readonly LiveConfiguration _live;
    private readonly ConfigurationWatcher _watcher;

    public EditAtStartTests()
    {
        File.WriteAllText(_folder["appsettings.json"], Text("Alerts"));
        _live = new(Sections.Loader.Load(_folder["appsettings.json"]));
        _database = new(_folder["agent.db"], AgentSchema.Migrations);
        var site = new CurrentSite(_live);
        _watcher = new(new(_folder["appsettings.json"]), _live, site, new(_database, new(_database, TimeProvider.System), site, new(_live), TimeProvider.System), TimeProvider.System, NullLogger<ConfigurationWatcher>.Instance);
    }

    [TearDown]
    public void Clean()
    {
        _watcher.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task An_edit_that_was_saved_while_the_agent_started_is_taken()
    {
        await File.WriteAllTextAsync(_folder["appsettings.json"], Text("Alerts").Replace("\"postgres-status\"", "\"dba@example.org\"", StringComparison.Ordinal));

        await _watcher.StartAsync(default);

        await Eventually.TrueAsync(() => _live.Current.Get<MailOptions>().Recipients.Contains("dba@example.org"), "the edit in force");
        await _watcher.StopAsync(default);
    }

    [Test]
    public async Task A_bad_one_is_told()
    {
        await File.WriteAllTextAsync(_folder["appsettings.json"], Text("Alarts"));

        await _watcher.StartAsync(default);

        await Eventually.TrueAsync(() => new AlertBook(_database).ReadTold().Any(alert => alert.Finding.Code == ConfigurationWatcher.InvalidEdit), "alert");
        await _watcher.StopAsync(default);
    }

    private static string Text(string alerts) => File.ReadAllText(Repository.Path("appsettings.json")).Replace("\"Node\": \"\"", "\"Node\": \"server2\"", StringComparison.Ordinal).Replace("\"Alerts\"", $"\"{alerts}\"", StringComparison.Ordinal);
}
