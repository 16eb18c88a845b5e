using System.Collections.Concurrent;
using System.Net;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Room;

namespace SispiAgent.Readiness;

/// <summary>Gathers what readiness is judged by, here and from the other host, and judges it.</summary>
internal sealed class ReadinessLook(CurrentSite site, InspectionReader reader, PeerInspections inspections, PeerBook peers, PeerTrouble trouble, VolumeReader volumes, LiveOptions<ReadinessOptions> options, LiveOptions<ConformanceOptions> guide, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _closedSince = new();

    /// <summary>Looks.</summary>
    /// <exception cref="AgentException">One of the two hosts can't be looked at.</exception>
    public Task<IReadOnlyList<ReadinessItem>> LookAsync(CancellationToken cancellationToken) => LookAsync(isOtherNeeded: true, cancellationToken);

    /// <summary>Looks.</summary>
    /// <param name="isOtherNeeded">Whether the other host has to answer; else, if it does not, what it last said stands for it: it may be what has died.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">One of the two hosts can't be looked at.</exception>
    public async Task<IReadOnlyList<ReadinessItem>> LookAsync(bool isOtherNeeded, CancellationToken cancellationToken)
    {
        var current = site.Value;
        if (current.Self.Kind is not NodeKind.Database || Other(current) is not { } other)
            throw new AgentException($"{current.Self.Name} has no other database host to stand in for.", "Call it on a database host of a pair.");

        var (theirs, silence) = await AskAsync(other, isOtherNeeded, cancellationToken); // first: what arrives here meanwhile is not lost
        var ours = await ReadOwnAsync(current.Self, cancellationToken);
        IPAddress[] clients = [.. theirs.Clients.Select(client => IPAddress.TryParse(client.Address, out var address) ? address : null).OfType<IPAddress>()];
        var around = await Surroundings.OfThisHostAsync(ours.Settings.Access?.Rules ?? [], clients, cancellationToken);
        string[] mirrors = [.. current.Nodes.Where(node => node.Kind is NodeKind.Mirror).Select(node => node.Name)];
        var plan = new ReadinessPlan(
            options.Current.TriggerFiles.GetValueOrDefault(current.Self.Name), [.. current.Servers.Where(node => node != current.Self).Select(node => node.Name)], mirrors, options.Current.BackupRoomFactor,
            other.Port, guide.Current.For(current.Self.Name), WantedAccess.For(guide.Current.Access, current, await WantedAccess.ResolveAsync(current, cancellationToken)))
        {
            IsBackupDiskTold = volumes.IsBackupDiskTold(),
        };
        List<ReadinessItem> items = [.. silence is null ? Array.Empty<ReadinessItem>() : [silence], .. ReadinessJudge.Judge(ours, theirs, plan, around)];
        foreach (var peer in current.Peers.Where(peer => silence is null || peer != other))
            items.Add(await SshAsync(current, peer, await peers.AskAsync(peer, cancellationToken), cancellationToken));
        return items;
    }

    /// <summary>The other database host.</summary>
    public static Node? Other(Site site) => site.Peers.FirstOrDefault(node => node.Kind is NodeKind.Database);

    private async Task<(Inspection Theirs, ReadinessItem? Silence)> AskAsync(Node other, bool isNeeded, CancellationToken cancellationToken)
    {
        try
        {
            return (await inspections.AskAsync(other, cancellationToken), null);
        }
        catch (AgentException e) when (!isNeeded && inspections.Last(other) is not null)
        {
            var last = inspections.Last(other)!;
            return (last, new($"answer of {other.Name}", false, $"{e.Message}; below stands what it said {Durations.Words(time.GetUtcNow() - last.At)} ago")
            {
                Remedy = [await trouble.RemedyAsync(other, cancellationToken)],
                ToldBy = PeersProbe.Silent.Value,
            });
        }
    }

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
        Code = IsToldElsewhere(current, peer) || ClosedFor(answer) < options.Current.SshClosedFor ? null : ReadinessJudge.Ssh,
        ToldBy = "peers.silent",
    };

    /// <summary>Since it last answered; if it never did, since it was first asked in vain.</summary>
    private TimeSpan ClosedFor(PeerAnswer answer)
    {
        var now = time.GetUtcNow();
        if (answer.IsAnswering)
            _closedSince.TryRemove(answer.Node, out _);
        return answer.IsAnswering ? TimeSpan.Zero : now - (answer.AnsweredAt ?? _closedSince.GetOrAdd(answer.Node, now));
    }

    /// <summary>One host tells of a silent agent; what is left is a way that is closed from here alone.</summary>
    private bool IsToldElsewhere(Site current, Node peer) =>
        PeersProbe.IsMine(current, peer.Name, node => !peers.Latest(node).IsAnswering)
        || current.Peers.Any(node => node != peer && peers.Latest(node).Facts?.OpenAlerts.Any(alert => alert.Code == PeersProbe.Silent.Value && alert.Subject == peer.Name) == true);
}
