using System.Collections.Concurrent;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>What was read of all runways at one moment.</summary>
/// <param name="Kept">What the primary holds.</param>
/// <param name="Rates">How fast it writes.</param>
/// <param name="Runways">One for each standby and mirror that is not just on its way back.</param>
internal sealed record RunwayReport(KeptWal Kept, WalRates Rates, IReadOnlyList<(Node Node, Runway Runway)> Runways);

/// <summary>Reads what the runways are judged from, on a primary's own host, and notes how far everybody is.</summary>
internal sealed class RunwayReader(
    CurrentSite site, ServerConnector connector, PeerBook peers, ObservedServers observed, Positions positions, LiveOptions<ReplicationOptions> options, TimeProvider time)
{
    /// <summary>A standby tries again every five seconds: one that was there so short a time ago is not away.</summary>
    private static readonly TimeSpan Reconnecting = TimeSpan.FromSeconds(10);

    /// <summary>The slots by which standbys and mirrors were last fed.</summary>
    private readonly ConcurrentDictionary<string, string> _slots = new();

    /// <summary>Reads and judges.</summary>
    public async Task<RunwayReport> ReadAsync(ServerStatus status, FedNodes fed, CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        var now = time.GetUtcNow();
        var kept = await ReadKeptAsync(status, fed, cancellationToken);
        positions.Record([(self.Name, fed.Position), .. fed.Matched.Where(pair => pair.Value.Received is not null).Select(pair => (pair.Key, pair.Value.Received!.Value))], fed.Version, now);
        var rates = positions.Rates(self.Name, now, options.Current.RateNeeds);
        var runways = fed.Fed.Where(node => !IsPrimary(node)).Select(node => (Node: node, Consumer: Know(node, fed, kept.Slots, now)))
            .Where(known => known.Consumer.IsConnected || !(now - known.Consumer.LastConnected < Reconnecting))
            .Select(known => (known.Node, RunwayJudge.Judge(kept, rates, known.Consumer, options.Current.WarningBytes, now)));
        return new(kept, rates, [.. runways]);
    }

    /// <summary>The furthest that is known of a node: its sender now, what is on record, what its own slot stands at, what its agent or a look over SQL said.</summary>
    private Consumer Know(Node node, FedNodes fed, IReadOnlyList<ReplicationSlot> slots, DateTimeOffset now)
    {
        var sender = fed.Matched.GetValueOrDefault(node.Name);
        var last = positions.Last(node.Name, fed.Version);
        if (sender is not null && slots.FirstOrDefault(slot => slot.ProcessId == sender.ProcessId) is { } own)
            _slots[node.Name] = own.Name;
        else if (sender is not null)
            _slots.TryRemove(node.Name, out _);
        var left = sender is null && _slots.TryGetValue(node.Name, out var name) ? slots.FirstOrDefault(slot => slot.Name == name && !slot.IsActive) : null;
        WalPosition?[] known = [sender?.Received, sender is null ? last?.Position : null, left?.Restart, sender is null && node.HasAgent ? WalPosition.TryParse(peers.Latest(node).Facts?.Server?.Lsn) : null, sender is null ? observed.Latest(node.Name)?.Position : null];

        // what lies ahead of the primary is of another time: a restore, a new cluster
        var received = known.OfType<WalPosition>().Where(position => position.BytesSince(fed.Position, fed.Version) <= 0).Cast<WalPosition?>().MaxBy(position => position!.Value.ToBytes(fed.Version));
        return new(node.Name, received ?? sender?.Received, sender?.ProcessId, sender is null ? last?.At : now, Trend.RisePerSecond(positions.Since(node.Name, now - TimeSpan.FromHours(1)), options.Current.RateNeeds));
    }

    /// <summary>A second primary needs no WAL of this one: the roles' probe tells.</summary>
    private bool IsPrimary(Node node) => observed.Latest(node.Name)?.Role is ServerRole.Primary || peers.Latest(node) is { IsAnswering: true, Facts.Server.Role: "primary" };

    private async Task<KeptWal> ReadKeptAsync(ServerStatus status, FedNodes fed, CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        await using var connection = await connector.OpenAsync(self, cancellationToken);
        var settings = await WalSettings.ReadAsync(connection, fed.Version, cancellationToken);
        var slots = await ReplicationSlot.ReadAllAsync(connection, fed.Version, cancellationToken);
        var timeline = status.Timeline ?? 1;
        var history = WalDirectory.History(self.DataDirectory, timeline, settings.Layout);
        var oldest = WalDirectory.OldestSegment(WalDirectory.Names(self.DataDirectory), settings.Layout, history, fed.Position);
        return new(settings, timeline, fed.Position, oldest, await ReadCheckpointAsync(connection, status, cancellationToken), slots, new DriveInfo(WalDirectory.Of(self.DataDirectory)).AvailableFreeSpace);
    }

    private static async Task<DateTimeOffset?> ReadCheckpointAsync(NpgsqlConnection connection, ServerStatus status, CancellationToken cancellationToken)
    {
        if (status.Version < 90600)
            return status.Local?.Control?.CheckpointAt;
        await using var command = new NpgsqlCommand("SELECT checkpoint_time FROM pg_control_checkpoint()", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at.ToUniversalTime()) : null;
    }
}
