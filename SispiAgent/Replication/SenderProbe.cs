using System.Net;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>On the primary: is there a WAL sender for every standby and mirror, and how far behind are they (guide, "Database Replication").</summary>
internal sealed class SenderProbe(
    CurrentSite site, ServerReader reader, ServerConnector connector, PeerBook peers, StatusBoard board,
    LiveOptions<ReplicationOptions> options, LiveOptions<PeersOptions> peersOptions, TimeProvider time) : IProbe
{
    private readonly Absence _absence = new(time);

    /// <inheritdoc/>
    public string Name => "replication.senders";

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
        if (status.Role is ServerRole.Standby)
            return [];
        if (status is not { Role: ServerRole.Primary, Version: { } version, Position: { } position })
            throw new LookSuspendedException($"{current.Self.Name} is down, which the liveness probe tells: what was wrong before is not mended by it.");

        Node[] fed = [.. current.Servers.Where(node => node != current.Self)];
        var addresses = new Dictionary<string, IReadOnlyList<IPAddress>>();
        foreach (var node in fed)
            addresses[node.Name] = await SenderMatch.ResolveAsync(node, cancellationToken);
        var senders = await ReadSendersAsync(status, version, cancellationToken);
        if (senders.Any(sender => sender.State is null))
            return [SenderJudge.Hidden(current.Self.Name, senders)]; // whose senders they are is hidden too: none is called missing
        var matched = SenderMatch.Find(senders, fed, addresses, version);

        List<Finding> findings = [];
        foreach (var node in fed)
        {
            var sender = matched.GetValueOrDefault(node.Name);
            var answer = sender is null && node.HasAgent ? await peers.AskAsync(node, cancellationToken) : null;
            _absence.Note(node.Name, sender is not null);
            board.Record(new(node.Name, "WAL sender", SenderJudge.Describe(sender, position, version), sender is not null, time.GetUtcNow()));
            if (answer is not null && _absence.IsNewerThan(answer))
                continue;
            if (SenderJudge.Judge(node, current.Self.Name, sender, answer, senders, position, version, options.Current, peersOptions.Current.SilentRounds) is { } finding)
                findings.Add(finding);
        }

        return findings;
    }

    private async Task<IReadOnlyList<WalSender>> ReadSendersAsync(ServerStatus status, int version, CancellationToken cancellationToken)
    {
        if (!SenderDialect.For(version).HasView)
            return WalSender.FromTitles(status.Local!);
        await using var connection = await connector.OpenAsync(site.Value.Self, cancellationToken);
        return await WalSender.ReadAllAsync(connection, version, cancellationToken);
    }
}
