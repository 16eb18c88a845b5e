using Microsoft.Extensions.DependencyInjection;
using SispiAgent.Cluster;
using SispiAgent.Hosting;
using SispiAgent.Peers;

namespace SispiAgent.Demo;

/// <summary>Makes the hosts of the demo known to each other, as <c>peer setup</c> tells an operator to.</summary>
internal static class DemoPeers
{
    /// <summary>Makes each host's keys, and lets every host log in to the others.</summary>
    /// <param name="folder">The demo's folder, with every host's configuration.</param>
    /// <param name="sshds">The hosts' sshd.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task IntroduceAsync(DemoFolder folder, IReadOnlyDictionary<string, LoopbackSsh> sshds, CancellationToken cancellationToken)
    {
        foreach (var node in sshds.Keys)
        {
            using var host = AgentComposition.Create(folder.Configuration(node)).Build();
            var setup = host.Services.GetRequiredService<PeerSetup>();
            await setup.MakeKeysAsync(cancellationToken);
            foreach (var peer in host.Services.GetRequiredService<CurrentSite>().Value.Peers)
            {
                setup.Trust(sshds[peer.Name].KnownHostsLine);
                await File.AppendAllLinesAsync(sshds[peer.Name].AuthorizedKeys, setup.AuthorizedKeys(peer, folder.Program(peer.Name)), cancellationToken);
            }
        }
    }
}
