using SispiAgent.Demo;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>A site with a primary and a second host for its copies, which trust each other over a real sshd.</summary>
internal sealed class CopyingHosts : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private CopyingHosts(TempFolder folder, LoopbackSsh ssh, BackupSite site) => (_folder, Ssh, Site) = (folder, ssh, site);

    public LoopbackSsh Ssh { get; }

    public BackupSite Site { get; }

    public static async Task<CopyingHosts> StartAsync()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Program("/usr/bin/rrsync");
        var folder = new TempFolder();
        var port = Ports.Next();
        var site = await BackupSite.StartAsync(sshPort: port);
        var hosts = new CopyingHosts(folder, await LoopbackSsh.StartAsync(folder["ssh"], port, default), site);
        try
        {
            await TrustAsync(site, hosts.Ssh);
            OwnerOnly.CreateFolder(site.Copies);
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync(); // sshd has no environment by which the test run could find it
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Ssh.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task TrustAsync(BackupSite site, LoopbackSsh ssh)
    {
        var keys = new PeerKeys(new AgentPaths(site.State()));
        OwnerOnly.CreateFolder(site.State());
        OwnerOnly.CreateFolder(keys.Folder);
        foreach (var key in new[] { keys.AgentKey, keys.CopyKey })
            await ToolRunner.RunToSuccessAsync(new ToolCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]), default);
        await File.WriteAllTextAsync(keys.KnownHosts, ssh.KnownHostsLine);
        var agent = Path.Combine(AppContext.BaseDirectory, ExecutableFile.Name("SispiAgent"));
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } given ? $"DOTNET_ROOT={given} " : "";
        await File.WriteAllTextAsync(ssh.AuthorizedKeys, $"""
            restrict,command="{root}{agent} --config {site.ConfigurationFile("server3")} peer" {(await File.ReadAllTextAsync(keys.AgentKey + ".pub")).Trim()}
            restrict,command="rrsync {site.Copies}" {(await File.ReadAllTextAsync(keys.CopyKey + ".pub")).Trim()}

            """);
    }
}
