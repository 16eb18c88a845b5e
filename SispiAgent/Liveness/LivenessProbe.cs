using System.Collections.Concurrent;
using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Liveness;

/// <summary>
/// Looks whether the servers live: a database host at its own, the primary's host at the mirrors too, the web host at all database
/// servers over the network (guide, "Database Monitoring").
/// </summary>
internal sealed class LivenessProbe(
    CurrentSite site, ServerReader reader, Refusals refusals, ObservedServers observed, PeerBook peers, StatusBoard board, Measurements measurements, LiveOptions<LivenessOptions> options) : IProbe
{
    private readonly Suspicion _suspicion = new();

    /// <summary>Those whose own agent may still answer; the nodes are looked at side by side.</summary>
    private readonly ConcurrentBag<Unseen> _undecided = [];

    /// <inheritdoc/>
    public string Name => "liveness.server";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Heartbeat, ScheduleKeys.Liveness];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        _undecided.Clear();
        var current = site.Value;
        var findings = current.Self.Kind is NodeKind.Database
            ? [await OwnAsync(current.Self, cancellationToken)]
            : await Task.WhenAll(current.Servers.Where(node => node.Kind is NodeKind.Database).Select(node => FromElsewhereAsync(current, node, cancellationToken)));

        Unseen = [.. _undecided];
        if (observed.Latest(current.Self.Name)?.Role is ServerRole.Primary)
            await Task.WhenAll(current.Servers.Where(node => node.Kind is NodeKind.Mirror).Select(node => ObserveAsync(node, cancellationToken)));
        return [.. findings.OfType<Finding>()];
    }

    private async Task<Finding?> OwnAsync(Node node, CancellationToken cancellationToken)
    {
        var status = await ObserveAsync(node, cancellationToken);
        var finding = LivenessJudge.Own(node, status);
        if (finding is not null)
            measurements.Record(new Measurement(node.Name, Measurement.ServerDown, 1, status.At));
        return finding;
    }

    private async Task<Finding?> FromElsewhereAsync(Site current, Node node, CancellationToken cancellationToken)
    {
        if (!peers.Latest(node).IsOfWarmStandby)
            refusals.Forget(node); // one that should let us in is tried at each look
        var status = await reader.ReadAsync(node, cancellationToken);
        observed.Record(status);
        var answer = status.Reach is Reach.Accepting ? null
            : IsExplained(status, peers.Latest(node)) ? peers.Latest(node)
            : await peers.AskAsync(node, cancellationToken);
        if (answer is not null && IsExplained(status, answer))
            board.Record(new(node.Name, "PostgreSQL", "standby, healthy without hot standby, as its own agent says", true, status.At));
        else
            Show(node, status);
        _suspicion.Note(status);
        var isEarly = answer is not null && _suspicion.IsNewerThan(answer);
        var finding = isEarly ? null : LivenessJudge.FromElsewhere(node, status, answer, options.Current.PeerSilentRounds, current.Self.Name);

        // after a start of this agent it has to be silent so often again: what was told of the server before is not over for that
        if (isEarly || (finding is null && answer is { IsAnswering: false } && !IsExplained(status, answer)))
            _undecided.Add(new(node.Name));
        return finding;
    }

    /// <summary>A standby without hot standby never accepts: what the schedule Peers has brought is enough, nobody is asked at each heartbeat.</summary>
    private static bool IsExplained(ServerStatus status, PeerAnswer latest) =>
        status.Reach is Reach.NotAccepting && latest is { IsAnswering: true, IsOfWarmStandby: true };

    private async Task<ServerStatus> ObserveAsync(Node node, CancellationToken cancellationToken)
    {
        var status = await reader.ReadAsync(node, cancellationToken);
        observed.Record(status);
        Show(node, status);
        return status;
    }

    private void Show(Node node, ServerStatus status)
    {
        // a mirror's firewall may keep the agent out: whether it is well, its WAL sender tells
        var isWell = LivenessJudge.IsHealthy(status) || (node.Kind is NodeKind.Mirror && status.Reach is Reach.NotAccepting or Reach.Unreachable or Reach.AccessRefused);
        board.Record(new(node.Name, "PostgreSQL", Describe(status), isWell, status.At));
    }

    /// <summary>A status in a line.</summary>
    internal static string Describe(ServerStatus status)
    {
        List<string> parts = [];
        if (status.Role is { } role)
            parts.Add(role is ServerRole.Primary ? "primary" : "standby");
        parts.Add(LivenessJudge.IsHealthy(status)
            ? status.Reach is Reach.Accepting ? "accepts connections" : "healthy without hot standby"
            : LivenessWords.For(status.Reach, status.Local?.Standing ?? Standing.Unknown, status.Node, "", 0, false).Summary);
        if (status.Version is { } version)
            parts.Add(version >= 100000
                ? string.Create(CultureInfo.InvariantCulture, $"{version / 10000}.{version % 10000}")
                : string.Create(CultureInfo.InvariantCulture, $"{version / 10000}.{version / 100 % 100}.{version % 100}"));
        if (status.Timeline is { } timeline)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"timeline {timeline}"));
        if (status.Position is { } position)
            parts.Add($"at {position}");
        if (status.IsReplayPaused)
            parts.Add("replay paused");
        return string.Join(", ", parts);
    }
}
