using System.CommandLine;
using SispiAgent.Backup;
using SispiAgent.Cluster;
using SispiAgent.Peers;

namespace SispiAgent.Cli;

/// <summary><c>peer check</c>: whether each of the other hosts' agents answers, and the way for copies is open.</summary>
internal static class PeerCheckVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var verb = new Command("check", "Asks each of the other hosts' agents, and tries the way for copies.");
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var well = true;
            foreach (var peer in host.Get<CurrentSite>().Value.Peers)
            {
                var answer = await host.Get<PeerBook>().AskAsync(peer, cancellationToken);
                well &= answer.IsAnswering;
                Console.WriteLine(answer.IsAnswering
                    ? $"{peer.Name}: answers; agent {answer.Facts!.AgentVersion}, {answer.Facts.Server?.Role ?? "no server"}, looked at {answer.Facts.ObservedAt:HH:mm:ss} UTC"
                    : $"{peer.Name}: no answer: {answer.Problem}");
                if (!answer.IsAnswering)
                    Console.WriteLine($"  {await host.Get<PeerTrouble>().RemedyAsync(peer, cancellationToken)}");
                if (peer.Kind is not NodeKind.Database || host.Get<CurrentSite>().Value.Self.Kind is not NodeKind.Database)
                    continue;
                try
                {
                    await host.Get<PeerRsync>().TryAsync(peer, cancellationToken);
                    Console.WriteLine($"{peer.Name}: the way for copies into {peer.BackupDirectory} is open");
                }
                catch (AgentException e)
                {
                    well = false;
                    Console.WriteLine($"{peer.Name}: {e.Message}\n  {e.Hint}");
                }
            }

            foreach (var place in host.Get<CurrentSite>().Value.Self.Kind is NodeKind.Database ? host.Get<SetCopies>().PlainPlaces() : [])
            {
                try
                {
                    await host.Get<PlainRsync>().TryAsync(place.Target, place.Folder, cancellationToken);
                    Console.WriteLine($"{place.Name}: the way for copies into {place.Where} is open");
                }
                catch (AgentException e)
                {
                    well = false;
                    Console.WriteLine($"{place.Name}: {e.Message}\n  {e.Hint}");
                }
            }

            return well ? ExitCode.Done : ExitCode.Failed;
        });
        return verb;
    }
}
