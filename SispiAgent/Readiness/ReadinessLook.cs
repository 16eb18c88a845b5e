using System.Net;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Peers;

namespace SispiAgent.Readiness;

/// <summary>Gathers what readiness is judged by, here and from the other host, and judges it.</summary>
internal sealed class ReadinessLook(CurrentSite site, InspectionReader reader, PeerInspections inspections, PeerBook peers, PeerTrouble trouble, LiveOptions<ReadinessOptions> options, LiveOptions<ConformanceOptions> guide)
{
    /// <summary>Looks.</summary>
    /// <exception cref="AgentException">One of the two hosts can't be looked at.</exception>
    public async Task<IReadOnlyList<ReadinessItem>> LookAsync(CancellationToken cancellationToken)
    {
        var current = site.Value;
        if (current.Self.Kind is not NodeKind.Database || Other(current) is not { } other)
            throw new AgentException($"{current.Self.Name} has no other database host to stand in for.", "Call it on a database host of a pair.");

        var theirs = await inspections.AskAsync(other, cancellationToken); // first: what arrives here meanwhile is not lost
        var ours = await ReadOwnAsync(current.Self, cancellationToken);
        IPAddress[] clients = [.. theirs.Clients.Select(client => IPAddress.TryParse(client.Address, out var address) ? address : null).OfType<IPAddress>()];
        var around = await Surroundings.OfThisHostAsync(ours.Settings.Access?.Rules ?? [], clients, cancellationToken);
        string[] mirrors = [.. current.Nodes.Where(node => node.Kind is NodeKind.Mirror).Select(node => node.Name)];
        var plan = new ReadinessPlan(
            options.Current.TriggerFiles.GetValueOrDefault(current.Self.Name), [.. current.Servers.Where(node => node != current.Self).Select(node => node.Name)], mirrors, options.Current.BackupRoomFactor,
            other.Port, guide.Current.For(current.Self.Name), WantedAccess.For(guide.Current.Access, current, await WantedAccess.ResolveAsync(current, cancellationToken)));
        List<ReadinessItem> items = [.. ReadinessJudge.Judge(ours, theirs, plan, around)];
        foreach (var peer in current.Peers)
            items.Add(await SshAsync(current, peer, await peers.AskAsync(peer, cancellationToken), cancellationToken));
        return items;
    }

    /// <summary>The other database host.</summary>
    public static Node? Other(Site site) => site.Peers.FirstOrDefault(node => node.Kind is NodeKind.Database);

    private async Task<Inspection> ReadOwnAsync(Node self, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new AgentException($"{self.Name}'s own server can't be asked: {e.Message}", "sispi-agent status", e);
        }
    }

    private async Task<ReadinessItem> SshAsync(Site current, Node peer, PeerAnswer answer, CancellationToken cancellationToken) => new($"ssh to {peer.Name}", answer.IsAnswering, answer.IsAnswering ? "its agent answers" : $"no answer: {answer.Problem}")
    {
        Remedy = answer.IsAnswering ? [] : [await trouble.RemedyAsync(peer, cancellationToken), $"Then, from {current.Self.Name}: sispi-agent peer check"],
        Code = IsToldElsewhere(current, peer) ? null : ReadinessJudge.Ssh,
        ToldBy = "peers.silent",
    };

    /// <summary>One host tells of a silent agent; what is left is a way that is closed from here alone.</summary>
    private bool IsToldElsewhere(Site current, Node peer) =>
        PeersProbe.IsMine(current, peer.Name, node => !peers.Latest(node).IsAnswering)
        || current.Peers.Any(node => node != peer && peers.Latest(node).Facts?.OpenAlerts.Any(alert => alert.Code == PeersProbe.Silent.Value && alert.Subject == peer.Name) == true);
}
