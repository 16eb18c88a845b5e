using System.CommandLine;
using SispiAgent.Backup;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Peers;

namespace SispiAgent.Cli;

/// <summary><c>peer setup</c>: makes this host's keys and prints what the other hosts have to be told.</summary>
internal static class PeerSetupVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var scan = new Option<bool>("--scan") { Description = "Also ask the peers for their host keys and trust them; compare the fingerprints that are printed." };
        var verb = new Command("setup", "Makes this host's ssh keys and prints the lines for the other hosts.") { scan };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var (setup, keys, site) = (host.Get<PeerSetup>(), host.Get<PeerKeys>(), host.Get<CurrentSite>().Value);
            await setup.MakeKeysAsync(cancellationToken);
            foreach (var peer in site.Peers)
            {
                Console.WriteLine($"On {peer.Name}, as {peer.SshUser}, add to ~/.ssh/authorized_keys:");
                foreach (var line in setup.AuthorizedKeys(peer))
                    Console.WriteLine(line);
                if (parsed.GetValue(scan))
                {
                    var lines = await PeerSetup.ScanAsync(peer, cancellationToken);
                    setup.Trust(lines);
                    Console.WriteLine($"Trusted from now on ({keys.KnownHosts}); compare with \"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\" on {peer.Name}:");
                    Console.Write(lines);
                }
                else
                {
                    Console.WriteLine($"Here, add its host key to {keys.KnownHosts}: cat /etc/ssh/ssh_host_ed25519_key.pub there, with \"{peer.Address}\" before it; or: sispi-agent peer setup --scan");
                }

                Console.WriteLine();
            }

            foreach (var (name, destination) in host.Get<LiveOptions<BackupOptions>>().Current.Destinations)
                await TellAsync(name, destination, setup, keys, parsed.GetValue(scan), cancellationToken);
            Console.WriteLine("Then: sispi-agent peer check");
            return ExitCode.Done;
        });
        return verb;
    }

    /// <summary>A destination without an agent only takes copies, into one folder.</summary>
    private static async Task TellAsync(string name, DestinationOptions destination, PeerSetup setup, PeerKeys keys, bool isScanning, CancellationToken cancellationToken)
    {
        var key = destination.IdentityFile.Length > 0 ? $"(the public half of {destination.IdentityFile})" : (await File.ReadAllTextAsync(keys.CopyKey + ".pub", cancellationToken)).Trim();
        Console.WriteLine($"On {name} ({destination.Address}), as {destination.SshUser}, add to ~/.ssh/authorized_keys, with the folder for the sets; Backup:Destinations:{name}:Directory then stays empty:");
        Console.WriteLine($"restrict,command=\"rrsync -wo FOLDER\" {key}");
        if (isScanning && destination.KnownHostsFile.Length == 0)
        {
            var lines = await PeerSetup.ScanAsync(name, destination.Address, destination.SshPort, cancellationToken);
            setup.Trust(lines);
            Console.WriteLine($"Trusted from now on ({keys.KnownHosts}); compare the fingerprint with the one there:");
            Console.Write(lines);
        }

        Console.WriteLine();
    }
}
