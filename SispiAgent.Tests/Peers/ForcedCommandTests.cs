using SispiAgent.Cli;
using SispiAgent.Peers;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Peers;

[Category("Ssh")]
internal sealed class ForcedCommandTests
{
    [Test]
    public async Task The_agents_key_runs_a_closed_list_of_verbs_and_nothing_else()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var witness = hosts.Folder["witness"];
        string[] attempts = ["sh", $"touch {witness}", $"sispi-agent peer facts; touch {witness}", $"sispi-agent peer facts\ntouch {witness}", $"sispi-agent peer $(touch {witness})", "sispi-agent peer setup", "sispi-agent peer facts --config /etc/passwd", ""];

        foreach (var attempt in attempts)
        {
            var result = await SshAsync(hosts, hosts.Here.Get<PeerKeys>().AgentKey, attempt);
            Assert.That((result.ExitCode, result.Output), Is.EqualTo((ExitCode.BadConfiguration, "")), attempt);
        }

        Assert.That(File.Exists(witness), Is.False);
    }

    [Test]
    public async Task The_copy_key_runs_no_command()
    {
        await using var hosts = await PeerHosts.StartAsync();

        var result = await SshAsync(hosts, hosts.Here.Get<PeerKeys>().CopyKey, "sispi-agent peer facts");

        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Output, Is.Empty);
    }

    private static Task<ToolResult> SshAsync(PeerHosts hosts, string key, string command) => ToolRunner.RunAsync(
        new ToolCommand("ssh", [.. SshOptions.For(hosts.There, key, hosts.Here.Get<PeerKeys>().KnownHosts, TimeSpan.FromMinutes(1)), SshOptions.Destination(hosts.There), command]), default);
}
