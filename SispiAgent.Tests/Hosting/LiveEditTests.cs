using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Hosting;

/// <summary><c>appsettings.json</c> edited, well and badly, in every way an editor saves, while the real program runs.</summary>
internal sealed class LiveEditTests
{
    private readonly RunningAgent _agent = new();

    [TearDown]
    public void Clean() => _agent.Dispose();

    [Test]
    public async Task Good_edits_are_in_force_within_seconds_and_bad_ones_change_nothing_but_are_said()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        await _agent.StartAsync();

        var faster = With("\"Heartbeat\": \"00:00:15\"", "\"Heartbeat\": \"00:00:07\"");
        await File.WriteAllTextAsync(_agent.Configuration, faster);
        await SaysAsync("Changed: Schedules:Heartbeat.");
        await SaysAsync("Schedule Heartbeat runs liveness.server: 00:00:07");
        Assert.That(Count("Schedule Replication runs replication.senders"), Is.EqualTo(1), "only what has changed is touched");

        await File.WriteAllTextAsync(_agent.Configuration, faster.Replace("\"WarningBytes\": 67108864", "\"WarningBytes\": 5", StringComparison.Ordinal).Replace("\"Host\"", "\"Hots\"", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => _agent.InvalidEdit() is { } said && said.Contains("Replication:WarningBytes", StringComparison.Ordinal) && said.Contains("Mail:Hots", StringComparison.Ordinal), "alert that names both keys");
        Assert.That(_agent.HasExited, Is.False);

        await ReplaceByRenameAsync(With("2 11 * * Sun", "3 11 * * Sun"));
        await SaysAsync("Schedule Backup runs Backup: 3 11 * * Sun");
        await EndsAsync();

        await File.WriteAllTextAsync(_agent.Configuration, "{ \"Agent\": ");
        await Eventually.TrueAsync(() => _agent.InvalidEdit()?.Contains("line 1", StringComparison.Ordinal) == true, "alert of broken JSON with its line");

        File.Delete(_agent.Configuration);
        await Eventually.TrueAsync(() => _agent.InvalidEdit()?.Contains("can't be read", StringComparison.Ordinal) == true, "alert of the missing file");

        await File.WriteAllTextAsync(_agent.Configuration, With("\"StateDirectory\": \"", "\"StateDirectory\": \"/var"));
        await EndsAsync();
        await SaysAsync("take effect at the next start");

        Assert.That(await _agent.StopAsync(), Is.Zero, _agent.Output);
    }

    [Test]
    public async Task A_link_that_points_elsewhere_is_an_edit_and_another_node_is_refused()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        File.Move(_agent.Configuration, _agent["one.json"]);
        File.CreateSymbolicLink(_agent.Configuration, _agent["one.json"]);
        await _agent.StartAsync();

        await File.WriteAllTextAsync(_agent["two.json"], With("\"postgres-status\"", "\"dba@example.org\""));
        Point("two.json");
        await SaysAsync("Changed: Mail:Recipients.");

        await File.WriteAllTextAsync(_agent["three.json"], With("\"Node\": \"system1\"", "\"Node\": \"server9\""));
        Point("three.json");
        await Eventually.TrueAsync(() => _agent.InvalidEdit()?.Contains("server9", StringComparison.Ordinal) == true, "alert that names the node");

        Point("two.json");
        await EndsAsync();
    }

    private string With(string from, string to)
    {
        Assert.That(_agent.Text, Does.Contain(from));
        return _agent.Text.Replace(from, to, StringComparison.Ordinal);
    }

    private async Task ReplaceByRenameAsync(string text)
    {
        await File.WriteAllTextAsync(_agent["appsettings.json.new"], text);
        File.Move(_agent["appsettings.json.new"], _agent.Configuration, overwrite: true);
    }

    private void Point(string target)
    {
        File.CreateSymbolicLink(_agent["next"], _agent[target]);
        File.Move(_agent["next"], _agent.Configuration, overwrite: true);
    }

    private int Count(string text) => _agent.Output.Split(text).Length - 1;

    private Task SaysAsync(string text) => Eventually.TrueAsync(() => _agent.Output.Contains(text, StringComparison.Ordinal), text);

    private Task EndsAsync() => Eventually.TrueAsync(() => _agent.InvalidEdit() is null, "end of the alert");
}
