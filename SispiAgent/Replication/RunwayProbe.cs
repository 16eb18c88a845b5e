using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// On the primary: how long each standby and mirror can stay away until the WAL that it needs is gone, and what the slots hold. Every host
/// that becomes the primary has measured the rates before.
/// </summary>
internal sealed class RunwayProbe(
    CurrentSite site, OwnServer own, FedNodesReader fedNodes, RunwayReader reader, StatusBoard board, LiveOptions<ReplicationOptions> options, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "replication.runway";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (await own.ReadAsync(cancellationToken) is not { Role: ServerRole.Primary } status)
            return [];
        var fed = await fedNodes.ReadAsync(status, cancellationToken);
        if (fed.IsHidden)
            throw new LookSuspendedException("The senders are hidden from the agent's role, which the senders' probe tells.");

        var now = time.GetUtcNow();
        var (self, zone, limits) = (site.Value.Self.Name, site.Value.TimeZone, options.Current);
        var (kept, rates, runways) = await reader.ReadAsync(status, fed, cancellationToken);
        board.Record(new(self, RunwayWords.Topic, RunwayWords.Worth(kept, rates), true, now));
        List<Finding> findings = [];
        foreach (var (node, runway) in runways)
        {
            var finding = RunwayFindings.Judge(runway, node, self, kept, rates, limits, zone);
            board.Record(new(node.Name, RunwayWords.Topic, RunwayWords.Line(runway, kept, rates, zone), finding is null, now));
            if (finding is not null)
                findings.Add(finding);
        }

        findings.AddRange(kept.Slots.Select(slot => RunwayFindings.Judge(slot, self, kept, rates, limits, zone, now)).OfType<Finding>());
        return findings;
    }
}
