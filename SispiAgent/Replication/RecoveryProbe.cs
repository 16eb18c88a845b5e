using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On a database host: do the files that make its server a standby, or a primary, fit what it is now.</summary>
internal sealed class RecoveryProbe(
    CurrentSite site, OwnServer own, RecoverySettingsReader settings, RolesReader roles, UpstreamLook upstream, PeerBook peers, LiveOptions<PeersOptions> peersOptions,
    AgreedTriggerFile agreed, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>How many looks in a row were held back: an agent that answers and never gives a role must not hide the finding.</summary>
    private int _held;

    /// <inheritdoc/>
    public string Name => "replication.recovery";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        var self = site.Value.Self;
        ServerStatus status;
        try
        {
            if (await own.ReadAsync(cancellationToken) is not { } seen)
                return [];
            status = seen;
        }
        catch (LookSuspendedException) when (JudgeDown(self) is not null)
        {
            return [JudgeDown(self)!]; // that it is down is another's fact; this one is why it stays so
        }

        var role = status.Role!.Value;
        var recovery = await settings.ReadAsync(self, status, cancellationToken);
        var (primary, isNone, unknown) = role is ServerRole.Standby ? await PrimaryAsync(recovery, cancellationToken) : (self, false, []);
        var leads = role is ServerRole.Standby && !isNone ? upstream.Judge(status, recovery, primary) : null; // without any primary that is the one fact
        Finding?[] findings =
        [
            RecoveryJudge.JudgeFile(self.Name, recovery, isRunning: true),
            RecoveryJudge.JudgeRole(self.Name, role, recovery, status.Local?.Receiver is not null, primary is null ? null : string.Create(CultureInfo.InvariantCulture, $"host={primary.Address} port={primary.Port}")),
            TriggerJudge.Judge(self.Name, role, recovery, agreed(self.Name)),
            leads,
        ];
        board.Record(new(self.Name, "recovery settings", Describe(role, recovery), findings.All(finding => finding is null), time.GetUtcNow()));

        if (leads is null && unknown.Count > 0)
            Unseen = [new(self.Name, UpstreamJudge.Code)];

        // only where it leads is in doubt, but a look is told as a whole: without this finding it would end an alert of it that is open
        if (leads is null || unknown.Count == 0)
            _held = 0;
        else if (_held < peersOptions.Current.SilentRounds && await MayStillTellAsync(unknown, cancellationToken))
        {
            _held++;
            throw new LookSuspendedException($"What {string.Join(" and ", unknown.Select(node => node.Name))} is now is not known yet: where the standby's primary_conninfo should lead is judged after that.");
        }

        return [.. findings.OfType<Finding>()];
    }

    private static Finding? JudgeDown(Node self) =>
        DataDirectoryVersion.Read(self.DataDirectory) is { } version ? RecoveryJudge.JudgeFile(self.Name, RecoverySettings.Read(self.DataDirectory, version, null), isRunning: false) : null;

    /// <summary>The primary: as a rule where the standby would connect. An agent's word about it may be of before a switch: it is asked for again.</summary>
    private async Task<(Node? Primary, bool IsNone, IReadOnlyList<Node> Unknown)> PrimaryAsync(RecoverySettings recovery, CancellationToken cancellationToken)
    {
        if (upstream.Targets(recovery) is [{ Node: { } target }] && await roles.IsPrimaryAsync(target, cancellationToken))
            return (target, false, []);
        var reading = await roles.ReadAsync(cancellationToken);
        var primary = reading.Primaries is [var only] && await roles.MakeSureAsync(only, cancellationToken) is { Role: ServerRole.Primary } ? only.Node : null;
        Node[] unknown = primary is not null ? [] : [.. site.Value.Peers.Where(node => node is { Kind: NodeKind.Database, HasAgent: true } && !reading.Down.Contains(node.Name) && reading.Views.All(view => view.Node != node))];
        return (primary, reading.None is not null, unknown);
    }

    /// <summary>After a start of all agents a standby's role is not known before its agent was asked; it may be that there is no primary, which is another fact.</summary>
    private async Task<bool> MayStillTellAsync(IReadOnlyList<Node> unknown, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(unknown.Select(node => peers.AskAsync(node, cancellationToken)));
        return answers.Any(answer => answer.SilentRounds < peersOptions.Current.SilentRounds);
    }

    private string Describe(ServerRole role, RecoverySettings recovery) => string.Join(", ",
    [
        recovery.Marker is { } marker ? $"a standby at its next start ({Path.GetFileName(marker)})" : "a primary at its next start",
        .. role is ServerRole.Standby && upstream.Targets(recovery) is { Count: > 0 } targets ? [$"of {string.Join(" or ", targets.Select(target => target.Node?.Name ?? target.Words))}"] : Array.Empty<string>(),
        .. recovery.TriggerFile is { } trigger ? [$"trigger file {trigger}"] : Array.Empty<string>(),
    ]);
}
