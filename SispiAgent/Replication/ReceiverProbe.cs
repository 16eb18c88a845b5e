using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On a standby: is its WAL receiver there and does it receive, also where no SQL is answered (hot_standby off, 9.0).</summary>
internal sealed class ReceiverProbe(CurrentSite site, ServerReader reader, PeerBook peers, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>So much WAL must the primary have written, with none received here, before that is called a stall: less may be on its way.</summary>
    private const long StallBytes = 16 << 20;

    private readonly Absence _absence = new(time);
    private (WalPosition Here, WalPosition Primary)? _before;

    /// <inheritdoc/>
    public string Name => "replication.receiver";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => _absence.LookAsync(LookAsync, cancellationToken);

    private async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        var current = site.Value;
        if (current.Self.Kind is not NodeKind.Database)
            return [];
        var status = await reader.ReadAsync(current.Self, cancellationToken);
        if (status.Role is ServerRole.Primary)
            return [];
        if (status is not { Role: ServerRole.Standby, Local: { } local })
            throw new LookSuspendedException($"{current.Self.Name} is down, which the liveness probe tells: what was wrong before is not mended by it.");

        var other = current.Peers.FirstOrDefault(node => node.Kind is NodeKind.Database);
        // asked on suspicion only; else what the schedule Peers has brought is enough
        var upstream = other is null ? null : local.Receiver is null ? await peers.AskAsync(other, cancellationToken) : peers.Latest(other);
        if (other is not null)
            _absence.Note(other.Name, local.Receiver is not null);
        var isEarly = local.Receiver is null && upstream is not null && _absence.IsNewerThan(upstream);
        var finding = isEarly ? null : ReceiverJudge.Judge(current.Self.Name, local, upstream, HasStalled(status, upstream));
        board.Record(new(current.Self.Name, "WAL receiver", local.Receiver is { } receiver
            ? $"{status.ReceiverState ?? "there"}{(status.Position is { } position ? $", received up to {position}" : "")}{(receiver.Process.IsFrozen ? ", stopped by a signal" : "")}" : "missing", finding is null && local.Receiver is not null, time.GetUtcNow()));
        return finding is null ? [] : [finding];
    }

    /// <summary>A title is no proof of life: both ends are compared over time.</summary>
    private bool HasStalled(ServerStatus status, PeerAnswer? upstream)
    {
        // without SQL only a title counts: the control file's position moves when it likes
        if ((status.Reach is Reach.Accepting ? status.Position : status.Local?.Receiver?.Position) is not { } here || upstream is not { IsAnswering: true } || WalPosition.TryParse(upstream.Facts!.Server?.Lsn) is not { } primary)
        {
            _before = null;
            return false;
        }

        if (_before is not { } before || before.Here != here)
        {
            _before = (here, primary);
            return false;
        }

        return primary.BytesSince(before.Primary, upstream.Facts.Server!.Version ?? 0) >= StallBytes;
    }
}
