using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On the primary: is there a WAL sender for every standby and mirror, and how far behind are they (guide, "Database Replication").</summary>
internal sealed class SenderProbe(
    CurrentSite site, OwnServer own, FedNodesReader fedNodes, PeerBook peers, RolesReader roles, DescentLook descents, Connections connections, StatusBoard board,
    LiveOptions<ReplicationOptions> options, LiveOptions<PeersOptions> peersOptions, TimeProvider time) : IProbe
{
    private readonly Absence _absence = new(time);

    /// <inheritdoc/>
    public string Name => "replication.senders";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => _absence.LookAsync(LookAsync, cancellationToken);

    private async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        if (await own.ReadAsync(cancellationToken) is not { Role: ServerRole.Primary } status)
            return [];
        var fed = await fedNodes.ReadAsync(status, cancellationToken);
        var self = site.Value.Self.Name;
        if (fed.IsHidden)
            return [SenderJudge.Hidden(self, fed.Senders)]; // none is called missing

        List<Finding> findings = [];
        foreach (var node in fed.Fed)
        {
            var sender = fed.Matched.GetValueOrDefault(node.Name);
            var answer = sender is null && node.HasAgent ? await peers.AskAsync(node, cancellationToken) : null;
            _absence.Note(node.Name, sender is not null);
            board.Record(new(node.Name, "WAL sender", SenderJudge.Describe(sender, fed.Position, fed.Version), sender is not null, time.GetUtcNow()));
            if (answer is not null && (_absence.IsNewerThan(answer) || (!answer.IsAnswering && answer.SilentRounds < peersOptions.Current.SilentRounds)))
            {
                Unseen = [.. Unseen, new(node.Name)]; // its own agent may still tell; after a start of this one that is asked anew
                continue;
            }

            if (sender is null && !node.HasAgent && await HasRivalAsync(cancellationToken))
                throw new LookSuspendedException($"There are two primaries, which the roles' probe tells: who feeds {node.Name} comes after that.");
            if (sender is null && !node.HasAgent && await roles.IsPrimaryAsync(node, cancellationToken))
                continue; // promoted: the roles' probe tells
            if (sender is null && !node.HasAgent && await descents.JudgeAsync(node, cancellationToken) is not null)
                continue; // why it can't be fed is told by the probe of the descent
            if (Judge(sender) is { } finding && (finding.Code != SenderJudge.Lag || !await IsPauseToldAsync(node, cancellationToken) ? finding : Judge(sender! with { Replayed = null })) is { } told)
                findings.Add(told);
            if (!node.HasAgent && sender is not null) // a standby's own agent sees its receiver
                connections.Note(node.Name, sender.ProcessId, status.StartedAt, time.GetUtcNow());
            if (!node.HasAgent && Flapping.Judge(node.Name, connections.BegunSince(node.Name, time.GetUtcNow() - Flapping.Window), fed.Version) is { } restless)
                findings.Add(restless);

            Finding? Judge(WalSender? seen) => SenderJudge.Judge(node, self, seen, answer, fed.Senders, fed.Position, fed.Version, options.Current, peersOptions.Current.SilentRounds);
        }

        return findings;
    }

    /// <summary>Whether what is not replayed has its reason told: replay is paused there, and the agent whose fact that is has not fallen silent.</summary>
    private async Task<bool> IsPauseToldAsync(Node node, CancellationToken cancellationToken)
    {
        var seen = (await roles.ReadAsync([node], cancellationToken)).Views is [var view] ? view : null;
        if (!node.HasAgent)
            return seen is { IsReplayPaused: true };

        // where the standby answers no SQL, its agent's last word counts as long as its silence is none
        var answer = await peers.AskAsync(node, cancellationToken);
        return answer.SilentRounds < peersOptions.Current.SilentRounds && (seen?.IsReplayPaused ?? answer.Facts?.Server is { IsReplayPaused: true });
    }

    /// <summary>Whether another database host says that it is the primary too.</summary>
    private async Task<bool> HasRivalAsync(CancellationToken cancellationToken)
    {
        foreach (var peer in site.Value.Peers.Where(peer => peer.Kind is NodeKind.Database))
        {
            if (await peers.AskAsync(peer, cancellationToken) is { IsAnswering: true, Facts.Server.Role: "primary" })
                return true;
        }

        return false;
    }
}
