using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Demo;

/// <summary>
/// The whole site on one host's loopback: server2 (primary), server3 (standby without SQL), des10 (mirror), system1 (no server); an sshd for
/// each host with an agent, a mail server, and the agents, each as a process of its own. Gone when disposed.
/// </summary>
internal sealed class DemoSite : IAsyncDisposable
{
    private static readonly string[] HostsWithAgent = ["server2", "server3", "system1"];

    private DemoServers? _servers;
    private bool _isKept;

    private DemoSite(DemoFolder folder)
    {
        Folder = folder;
        Sink = new MailSink(folder.Mails, LoopbackPorts.Next());
        Agents = HostsWithAgent.ToDictionary(node => node, node => new DemoAgent(folder, node));
    }

    /// <summary>Its folder.</summary>
    public DemoFolder Folder { get; }

    /// <summary>The mail server.</summary>
    public MailSink Sink { get; }

    /// <summary>The agents by their hosts; not started.</summary>
    public IReadOnlyDictionary<string, DemoAgent> Agents { get; }

    /// <summary>The sshd of each host with an agent.</summary>
    public IReadOnlyDictionary<string, LoopbackSsh> Sshds { get; private set; } = new Dictionary<string, LoopbackSsh>();

    /// <summary>The servers.</summary>
    public DemoServers Servers => _servers ?? throw new InvalidOperationException("The servers were not started.");

    /// <summary>Makes and starts everything but the agents.</summary>
    /// <param name="cancellationToken">Ends it early; nothing is left behind.</param>
    /// <param name="size">Multiplies the sample's time series.</param>
    /// <param name="tell">Says what is being done.</param>
    /// <exception cref="AgentException">A program is missing, or something did not start.</exception>
    public static async Task<DemoSite> StartAsync(CancellationToken cancellationToken, int size = 1, Action<string>? tell = null)
    {
        if (!Directory.Exists("/proc/self"))
            throw new AgentException("The demo runs on Linux only.", "Run it on a Linux machine; the agent itself runs on Windows too.");
        var site = new DemoSite(DemoFolder.Create());
        try
        {
            await site.SetUpAsync(size, tell ?? (_ => { }), cancellationToken);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts all agents and waits until each has looked at its host once.</summary>
    public async Task StartAgentsAsync(CancellationToken cancellationToken)
    {
        foreach (var agent in Agents.Values)
            agent.Start();
        await Task.WhenAll(Agents.Values.Select(agent => agent.WaitUntilReadyAsync(cancellationToken)));
    }

    /// <summary>Leaves everything running when this is disposed: a process of its own takes the mail from now on.</summary>
    public async Task KeepAsync()
    {
        await Sink.CloseAsync();
        MailSinkProcess.Start(Folder, Sink.Port);
        _isKept = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        if (!_isKept)
            await DemoEnd.EndAsync(Folder);
    }

    private async Task SetUpAsync(int size, Action<string> tell, CancellationToken cancellationToken)
    {
        Sink.Open();
        foreach (var node in HostsWithAgent)
            Directory.CreateDirectory(Folder.State(node));
        foreach (var node in HostsWithAgent[..2])
            Directory.CreateDirectory(Folder.Backups(node));

        tell("three PostgreSQL servers with a sample database");
        var servers = _servers = await DemoServers.StartAsync(Folder, size, cancellationToken);
        tell("three hosts that talk over ssh");
        var sshds = new Dictionary<string, LoopbackSsh>();
        foreach (var node in HostsWithAgent)
        {
            sshds[node] = await LoopbackSsh.StartAsync(Path.Combine(Folder.Host(node), "sshd"), LoopbackPorts.Next(), cancellationToken);
            Folder.Note(ProcessTree.Find(sshds[node].ProcessId()!.Value)!.Value);
        }

        Sshds = sshds;
        var byNode = new Dictionary<string, ScratchServer> { ["server2"] = servers.Primary, ["server3"] = servers.Standby, ["des10"] = servers.Mirror };
        var ports = sshds.ToDictionary(entry => entry.Key, entry => entry.Value.Port);
        foreach (var node in HostsWithAgent)
        {
            await File.WriteAllTextAsync(Folder.Configuration(node), DemoConfiguration.For(Folder, node, byNode, ports, Sink.Port), cancellationToken);
            AgentProgram.WriteScript(Folder.Program(node), Folder.Configuration(node));
        }

        await DemoPeers.IntroduceAsync(Folder, sshds, cancellationToken);
    }
}
