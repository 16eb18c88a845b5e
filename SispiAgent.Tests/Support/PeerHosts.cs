using Microsoft.Extensions.Hosting;
using SispiAgent.Cli;
using SispiAgent.Cluster;
using SispiAgent.Demo;
using SispiAgent.Hosting;
using SispiAgent.Peers;
using SispiAgent.Platform;

namespace SispiAgent.Tests.Support;

/// <summary>Two hosts with a real sshd on the far one and a way between them that can be blocked: <c>here</c> asks, <c>there</c> answers.</summary>
internal sealed class PeerHosts : IAsyncDisposable
{
    private PeerHosts(TempFolder folder, LoopbackSsh ssh, TcpForwarder way) => (Folder, Ssh, Way) = (folder, ssh, way);

    public TempFolder Folder { get; }

    public LoopbackSsh Ssh { get; }

    public TcpForwarder Way { get; }

    public required IHost Here { get; init; }

    public Node There => Here.Get<CurrentSite>().Value.Peers.Single();

    public PeerBook Book => Here.Get<PeerBook>();

    public string KnownHostsLine => Ssh.KnownHostsLine.Replace($":{Ssh.Port} ", $":{Way.Port} ", StringComparison.Ordinal);

    public string FarConfiguration => Folder["there.json"];

    public string FarBackups => Folder["there/backups"];

    public static async Task<PeerHosts> StartAsync(string timeout = "00:01:00", string more = "", string differWithin = "00:00:00")
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.That(Environment.UserName != "root", "an ordinary user for sshd");
        var folder = new TempFolder();
        var ssh = await LoopbackSsh.StartAsync(folder["sshd"], Ports.Next(), default);
        var way = new TcpForwarder(ssh.Port);
        try
        {
            return await IntroduceAsync(folder, ssh, way, timeout, more, differWithin);
        }
        catch
        {
            way.Dispose();
            await ssh.DisposeAsync(); // sshd has no environment by which the test run could find it
            folder.Dispose();
            throw;
        }
    }

    public string Backups => Folder["here/backups"];

    /// <summary>What the far agent has written down.</summary>
    public void Write(PeerFacts facts)
    {
        Directory.CreateDirectory(Folder["there/state"]);
        DurableFile.Write(Folder["there/state/facts.json"], PeerFactsFile.Write(facts));
    }

    public PeerFacts Facts(TimeSpan age = default) => new(
        PeerFactsFile.Schema, AgentVersion.Text, "there", Here.Get<SispiAgent.Configuration.LiveConfiguration>().Current.Hash, TimeProvider.System.GetUtcNow() - age,
        new ServerFacts("Accepting", true, "primary", 150018, "7", 1, "0/3000000", null), []);

    public async ValueTask DisposeAsync()
    {
        Here.Dispose();
        Way.Dispose();
        await Ssh.DisposeAsync();
        Folder.Dispose();
    }

    private static async Task<PeerHosts> IntroduceAsync(TempFolder folder, LoopbackSsh ssh, TcpForwarder way, string timeout, string more, string differWithin)
    {
        Directory.CreateDirectory(folder["there/backups"]);
        foreach (var node in new[] { "here", "there" })
            await File.WriteAllTextAsync(folder[node + ".json"], Configuration(folder, node, way.Port, timeout, more.Replace("SSHPORT", ssh.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("FOLDER", folder.Folder, StringComparison.Ordinal), differWithin));

        var hosts = new PeerHosts(folder, ssh, way) { Here = AgentComposition.Create(folder["here.json"]).Build() };
        var setup = hosts.Here.Get<PeerSetup>();
        await setup.MakeKeysAsync(default);
        setup.Trust(hosts.KnownHostsLine);
        await File.WriteAllLinesAsync(ssh.AuthorizedKeys, setup.AuthorizedKeys(hosts.There, AgentProgram.Script(folder["sispi-agent"], hosts.FarConfiguration)));
        hosts.Write(hosts.Facts());
        return hosts;
    }

    private static string Configuration(TempFolder folder, string node, int port, string timeout, string more, string differWithin) => $$"""
        {
          "Agent": { "Node": "{{node}}", "StateDirectory": "{{folder[node + "/state"]}}" },
          "Cluster": { "TimeZone": "UTC", "Nodes": {
            "here": { "Kind": "Database", "Port": 5443, "Address": "127.0.0.1", "DataDirectory": "{{folder["here/data"]}}", "BackupDirectory": "{{folder["here/backups"]}}", "SshUser": "{{Environment.UserName}}" },
            "there": { "Kind": "Database", "Address": "127.0.0.1", "DataDirectory": "{{folder["there/data"]}}", "BackupDirectory": "{{folder["there/backups"]}}", "SshPort": {{port}}, "SshUser": "{{Environment.UserName}}" } } },
          "Peers": { "Timeout": "{{timeout}}", "DifferWithin": "{{differWithin}}", "CopyKilobytesPerSecond": 20000 }{{more}}
        }
        """;
}
