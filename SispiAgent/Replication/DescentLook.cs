using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Looks whether a standby or mirror is a copy of the primary that can go on.</summary>
internal sealed class DescentLook(RolesReader reader)
{
    /// <summary>Reads every server and judges one.</summary>
    public async Task<Finding?> JudgeAsync(Node standby, CancellationToken cancellationToken) => await JudgeAsync(standby, await reader.ReadAsync(cancellationToken), cancellationToken);

    /// <summary>Judges one by what was read. An agent's word about the primary may be of before a switch: it is asked for again.</summary>
    public async Task<Finding?> JudgeAsync(Node standby, RolesReading reading, CancellationToken cancellationToken) =>
        reading.Primaries is [var primary] && reading.Views.FirstOrDefault(view => view.Node == standby && view.Role is ServerRole.Standby) is { } view && DescentJudge.Judge(view, primary) is not null
        && await reader.MakeSureAsync(primary, cancellationToken) is { Role: ServerRole.Primary } sure ? DescentJudge.Judge(view, sure) : null;
}
