using SispiAgent.Cli;
using SispiAgent.Cluster;
using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Cli;

internal sealed class AgentUserTests
{
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("", null, NodeKind.Database, true, "postgres")]
    [TestCase("", null, NodeKind.Web, true, "codemanager")]
    [TestCase("", "root", NodeKind.Web, true, "codemanager")]
    [TestCase("", "dba", NodeKind.Web, true, "dba")]
    [TestCase("sispi", "dba", NodeKind.Database, true, "sispi")]
    [TestCase("", null, NodeKind.Database, false, null)]
    [TestCase("", "dba", NodeKind.Database, false, "dba")]
    public void The_agents_user_is_configured_or_the_states_owner_or_the_kinds(string configured, string? owner, NodeKind kind, bool isRoot, string? expected) =>
        Assert.That(AgentUser.Name(configured, owner, kind, isRoot), Is.EqualTo(expected));

    [Test]
    public void A_file_of_ours_belongs_to_us()
    {
        Requires.That(UserSwitch.IsPossible, "users");

        Assert.That((UserAccount.OwnerOf(_folder.Folder)?.Name, UserAccount.Find(Environment.UserName)?.Id), Is.EqualTo((Environment.UserName, UserAccount.Current()?.Id)));
        Assert.That((UserAccount.OwnerOf(_folder["nothing"]), UserAccount.Find("no such user")), Is.EqualTo(((UserAccount?)null, (UserAccount?)null)));
    }

    [Test, Category("Root")]
    public async Task Root_becomes_the_agents_user_in_the_same_process()
    {
        var configuration = await InstallAsync("postgres");

        var result = await AgentProgram.RunAsync("status", "--json", "--config", configuration);

        Assert.That(result.ExitCode, Is.Zero, result.ErrorTail);
        Assert.That(result.Output, Does.Contain("\"schema\": 1"));
        Assert.That(UserAccount.OwnerOf(_folder["state/agent.db"])?.Name, Is.EqualTo("postgres"));
    }

    [Test, Category("Root")]
    public async Task Anybody_else_is_told_how_to_call_it()
    {
        var configuration = await InstallAsync("postgres");

        var result = await ToolRunner.RunAsync(new ToolCommand("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", AgentProgram.FilePath, "status", "--config", configuration]), default);

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((ExitCode.Failed, "")));
        Assert.That(result.ErrorTail, Does.Contain("The agent's user here is postgres").And.Contain("sudo"));
    }

    [Test, Category("Root")]
    public async Task A_user_who_is_not_there_is_said()
    {
        var configuration = await InstallAsync("postgres", "nosuchuser");

        var result = await AgentProgram.RunAsync("status", "--config", configuration);

        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(result.ErrorTail, Does.Contain("nosuchuser").And.Contain("Agent:User"));
    }

    [Test, Category("Root")]
    public async Task What_touches_no_state_needs_nobody()
    {
        var configuration = await InstallAsync("postgres");

        var result = await ToolRunner.RunAsync(new ToolCommand("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", AgentProgram.FilePath, "schedule", "list", "--config", configuration]), default);

        Assert.That(result.ExitCode, Is.Zero, result.ErrorTail);
    }

    private async Task<string> InstallAsync(string owner, string user = "")
    {
        Requires.That(UserSwitch.IsRoot, "root");
        Directory.CreateDirectory(_folder["state"]);
        await File.WriteAllTextAsync(_folder["appsettings.json"], $$"""
            { "Agent": { "Node": "a", "StateDirectory": "{{_folder["state"]}}", "User": "{{user}}" },
              "Cluster": { "TimeZone": "UTC", "Nodes": { "a": { "Kind": "Database", "DataDirectory": "/d", "BackupDirectory": "/b" } } } }
            """);
        await ToolRunner.RunToSuccessAsync(new ToolCommand("chmod", ["755", _folder.Folder]), default);
        await ToolRunner.RunToSuccessAsync(new ToolCommand("chown", [owner, _folder["state"]]), default);
        return _folder["appsettings.json"];
    }
}
