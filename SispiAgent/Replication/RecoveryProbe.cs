using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On a database host: do the files that make its server a standby, or a primary, fit what it is now.</summary>
internal sealed class RecoveryProbe(
    CurrentSite site, OwnServer own, RecoverySettingsReader settings, RolesReader roles, UpstreamLook upstream, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "replication.recovery";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
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
        var (primary, isNone) = role is ServerRole.Standby ? await PrimaryAsync(recovery, cancellationToken) : (self, false);
        Finding?[] findings =
        [
            RecoveryJudge.JudgeFile(self.Name, recovery, isRunning: true),
            RecoveryJudge.JudgeRole(self.Name, role, recovery, status.Local?.Receiver is not null, primary is null ? null : string.Create(CultureInfo.InvariantCulture, $"host={primary.Address} port={primary.Port}")),
            TriggerJudge.Judge(self.Name, role, recovery),
            role is ServerRole.Standby && !isNone ? upstream.Judge(status, recovery, primary) : null, // without any primary that is the one fact
        ];
        board.Record(new(self.Name, "recovery settings", Describe(role, recovery), findings.All(finding => finding is null), time.GetUtcNow()));
        return [.. findings.OfType<Finding>()];
    }

    private static Finding? JudgeDown(Node self) =>
        DataDirectoryVersion.Read(self.DataDirectory) is { } version ? RecoveryJudge.JudgeFile(self.Name, RecoverySettings.Read(self.DataDirectory, version, null), isRunning: false) : null;

    /// <summary>The primary: as a rule where the standby would connect. An agent's word about it may be of before a switch: it is asked for again.</summary>
    private async Task<(Node? Primary, bool IsNone)> PrimaryAsync(RecoverySettings recovery, CancellationToken cancellationToken)
    {
        if (upstream.Targets(recovery) is [{ Node: { } target }] && await roles.IsPrimaryAsync(target, cancellationToken))
            return (target, false);
        var reading = await roles.ReadAsync(cancellationToken);
        return (reading.Primaries is [var only] && await roles.MakeSureAsync(only, cancellationToken) is { Role: ServerRole.Primary } ? only.Node : null, reading.None is not null);
    }

    private string Describe(ServerRole role, RecoverySettings recovery) => string.Join(", ",
    [
        recovery.Marker is { } marker ? $"a standby at its next start ({Path.GetFileName(marker)})" : "a primary at its next start",
        .. role is ServerRole.Standby && upstream.Targets(recovery) is { Count: > 0 } targets ? [$"of {string.Join(" or ", targets.Select(target => target.Node?.Name ?? target.Words))}"] : Array.Empty<string>(),
        .. recovery.TriggerFile is { } trigger ? [$"trigger file {trigger}"] : Array.Empty<string>(),
    ]);
}
