using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Hosting;

/// <summary>What the real program ends with, and what it says.</summary>
internal sealed class ExitCodeTests
{
    private readonly RunningAgent _agent = new();

    [TearDown]
    public void Clean() => _agent.Dispose();

    [Test]
    public async Task A_valid_file_is_0_and_an_invalid_one_2_with_every_error_on_a_line_of_its_own()
    {
        Assert.That((await RunningAgent.VerbAsync("config", "check", "--config", _agent.Configuration)).Code, Is.EqualTo(ExitCode.Done));

        await File.WriteAllTextAsync(_agent.Configuration, _agent.Text.Replace("\"WarningBytes\": 67108864", "\"WarningBytes\": 5", StringComparison.Ordinal).Replace("\"Host\"", "\"Hots\"", StringComparison.Ordinal));
        foreach (var arguments in new string[][] { ["config", "check"], ["config", "show"], ["schedule", "list"], [] })
        {
            var (code, output) = await RunningAgent.VerbAsync([.. arguments, "--config", _agent.Configuration]);
            Assert.That(code, Is.EqualTo(ExitCode.BadConfiguration), output);
            Assert.That(output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(2).And.Some.Contains("Mail:Hots").And.Some.Contains("Replication:WarningBytes"));
        }
    }

    [Test]
    public async Task A_host_that_is_no_node_is_2_and_hears_the_nodes()
    {
        await File.WriteAllTextAsync(_agent.Configuration, _agent.Text.Replace("\"Node\": \"system1\"", "\"Node\": \"\"", StringComparison.Ordinal).Replace("\"system1\": {", "\"not-this-host\": {", StringComparison.Ordinal));

        var (code, output) = await RunningAgent.VerbAsync("--config", _agent.Configuration);

        Assert.That((code, output), Is.EqualTo((ExitCode.BadConfiguration, output)));
        Assert.That(output, Does.Contain("server2, server3, not-this-host, des10"));
    }

    [Test]
    public async Task An_unknown_verb_is_2() => Assert.That((await RunningAgent.VerbAsync("frobnicate")).Code, Is.EqualTo(ExitCode.BadConfiguration));

    [Test]
    public async Task A_state_directory_that_can_not_be_made_is_1_and_is_named()
    {
        await File.WriteAllTextAsync(_agent.Configuration, _agent.Text.Replace(_agent["state"], _agent["appsettings.json/state"], StringComparison.Ordinal));

        var (code, output) = await RunningAgent.VerbAsync("--config", _agent.Configuration);

        Assert.That(code, Is.EqualTo(ExitCode.Failed), output);
        Assert.That(output, Does.Contain("appsettings.json/state can't be written"));
    }

    [Test]
    public async Task A_second_agent_with_the_same_state_is_1()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        await _agent.StartAsync();

        var (code, output) = await RunningAgent.VerbAsync("--config", _agent.Configuration);

        Assert.That(code, Is.EqualTo(ExitCode.Failed), output);
        Assert.That(output, Does.Contain("Another agent runs"));
    }

    [Test]
    public async Task Schedules_are_listed_in_the_sites_time_without_user_or_state()
    {
        var (code, output) = await RunningAgent.VerbAsync("schedule", "list", "--config", _agent.Configuration);

        Assert.That(code, Is.EqualTo(ExitCode.Done), output);
        Assert.That(output, Does.Match(@"Backup  \(2 11 \* \* Sun\)\n( +Sun .*11:02.*UTC\)\n){3}"));
        Assert.That(Directory.Exists(_agent["state"]), Is.False);
    }
}
