using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On a standby: is its WAL receiver there and does it receive, also where no SQL is answered (hot_standby off, 9.0).</summary>
internal sealed class ReceiverProbe(CurrentSite site, OwnServer own, PeerBook peers, UpstreamLook upstreams, DescentLook descents, RolesReader roles, Positions positions, Connections connections, StatusBoard board, TimeProvider time) : IProbe
{
    private readonly Absence _absence = new(time);
    private readonly LocalReplay _replay = new();

    /// <inheritdoc/>
    public string Name => "replication.receiver";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => _absence.LookAsync(LookAsync, cancellationToken);

    private async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        if (await own.ReadAsync(cancellationToken) is not { Role: ServerRole.Standby, Local: { } local } status)
            return [];
        var current = site.Value;
        var self = current.Self.Name;
        Node[] others = [.. current.Peers.Where(node => node.Kind is NodeKind.Database)];
        var other = others.FirstOrDefault(node => peers.Latest(node).Facts?.Server?.Role == "primary") ?? others.FirstOrDefault();
        // asked on suspicion only; else what the schedule Peers has brought is enough
        var upstream = other is null ? null : local.Receiver is null ? await peers.AskAsync(other, cancellationToken) : peers.Latest(other);
        if (other is not null)
            _absence.Note(other.Name, local.Receiver is not null);
        var isReplaying = _replay.IsGoingOn(local);
        var isEarly = local.Receiver is null && (isReplaying || (upstream is not null && _absence.IsNewerThan(upstream)));
        if (isEarly)
            Unseen = [new(self, ReceiverJudge.Missing)];
        var finding = isEarly ? null : ReceiverJudge.Judge(self, local, upstream, await UnreceivedAsync(status, local, upstream, other, cancellationToken));
        var isToldElsewhere = finding is not null && local.Receiver is null && await IsToldAsync(status, upstream is { IsAnswering: true, Facts.Server.Role: "primary" } ? other : null, cancellationToken);
        board.Record(new(self, "WAL receiver", Describe(status, local), finding is null && local.Receiver is not null, time.GetUtcNow()));
        return isToldElsewhere ? [] : [.. new[] { finding, Flapping.Judge(self, connections.BegunSince(self, time.GetUtcNow() - Flapping.Window), status.KnownVersion) }.OfType<Finding>()];
    }

    /// <summary>Why it can receive nothing may be known: then that is told, by the probes of the roles, the recovery settings and the descent.</summary>
    private async Task<bool> IsToldAsync(ServerStatus status, Node? primary, CancellationToken cancellationToken)
    {
        var reading = await roles.ReadAsync(cancellationToken);
        return reading.None is not null || await upstreams.JudgeAsync(status, primary, cancellationToken) is not null || await descents.JudgeAsync(site.Value.Self, reading, cancellationToken) is not null;
    }

    private static string Describe(ServerStatus status, LocalEvidence local) => local.Receiver is { } receiver
        ? $"{status.ReceiverState ?? "there"}{(status.Position is { } position ? $", received up to {position}" : "")}{(receiver.Process.IsFrozen ? ", stopped by a signal" : "")}"
        : "missing";

    /// <summary>How much the primary has written since something was last received here.</summary>
    private async Task<long> UnreceivedAsync(ServerStatus status, LocalEvidence local, PeerAnswer? upstream, Node? primary, CancellationToken cancellationToken)
    {
        if (local.Receiver is not { } receiver || upstream is null)
            return 0;
        var now = time.GetUtcNow();
        var started = primary is not null && connections.IsNew(status.Node, receiver.Process.Id) ? await StartAsync(primary, cancellationToken) : null;
        var since = connections.Note(status.Node, receiver.Process.Id, started, now);

        // without SQL only a title counts: the control file's position moves when it likes
        if ((status.Reach is Reach.Accepting ? status.Position : receiver.Position) is { } here)
            positions.Record(status.Node, here, status.KnownVersion, now);
        // by this host's clock: both ends are compared over time
        if (upstream is { IsAnswering: true, AnsweredAt: { } at, Facts.Server: { Role: "primary" } server } && WalPosition.TryParse(server.Lsn) is { } written)
            positions.Record(upstream.Node, written, server.Version ?? status.KnownVersion, at);
        return Stall.Unreceived(positions.Since(status.Node, now - Flapping.Window), positions.Since(upstream.Node, now - Flapping.Window), since);
    }

    /// <summary>When the primary was started. An agent's word may be of before a restart: it is asked for again, and counts if there is no other.</summary>
    private async Task<DateTimeOffset?> StartAsync(Node primary, CancellationToken cancellationToken) =>
        (await roles.ReadAsync([primary], cancellationToken)).Views is [{ Role: ServerRole.Primary } view]
            ? (await roles.MakeSureAsync(view, cancellationToken))?.StartedAt ?? view.StartedAt
            : null;
}
