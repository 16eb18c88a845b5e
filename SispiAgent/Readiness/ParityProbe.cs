using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Readiness;

/// <summary>On a standby: are the settings that bind it to the primary as there.</summary>
internal sealed class ParityProbe(CurrentSite site, SettingsReader reader, ServerReader servers, PeerInspections peers, ShortSettingsReader shorts, LiveOptions<ConformanceOptions> options) : IProbe
{
    /// <inheritdoc/>
    public string Name => "conformance.parity";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Conformance, ScheduleKeys.Readiness];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var current = site.Value;
        if (current.Self.Kind is not NodeKind.Database || current.Peers.FirstOrDefault(node => node.Kind is NodeKind.Database) is not { } other)
            return [];
        var status = await servers.ReadAsync(current.Self, cancellationToken);
        var role = status.Role;
        if (role is ServerRole.Primary)
            return []; // the standby's agent speaks
        ServerSettings own;
        Inspection theirs;
        try
        {
            own = await reader.ReadOwnAsync(cancellationToken);
            theirs = await peers.AskAsync(other, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or AgentException)
        {
            throw new LookSuspendedException($"One of the two is silent, which others tell: {e.Message}");
        }

        if (role is not ServerRole.Standby || theirs.Role != "primary")
            throw new LookSuspendedException("There are no primary and standby to compare, which others tell.");
        // what has stopped its replay is told as that (replication.replay-paused), with the same remedy
        var stopping = status.IsReplayPaused ? await shorts.ReadAsync(current.Self, status.KnownVersion, status.Local?.Control, other, cancellationToken) : [];
        return [.. Parity.Differences(theirs.Settings, own).Where(one => !IsGuides(one.Name) && stopping.All(told => told.Name != one.Name)).Select(one => Parity.Judge(one, other.Name, current.Self.Name, own))];

        // what the guide names and one of the two has not is told as that, with the order of the restarts
        bool IsGuides(string name) => SettingJudge.Compare(own, options.Current.For(current.Self.Name)).Concat(SettingJudge.Compare(theirs.Settings, options.Current.For(other.Name)))
            .Any(one => !one.IsEqual && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
