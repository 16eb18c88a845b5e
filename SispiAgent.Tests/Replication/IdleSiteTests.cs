using Microsoft.Extensions.Time.Testing;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

[Category("Postgres")]
internal sealed class IdleSiteTests
{
    [TestCase(12)]
    [TestCase(15)]
    [TestCase(18)]
    public async Task An_hour_in_which_nothing_is_written_raises_nothing_on(int major)
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Versions.Require(major));
        await using var _ = primary;
        await using var __ = standby;
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var first = On("server2", time, primary, standby);
        using var second = On("server3", time, primary, standby);
        await Eventually.TrueAsync(async () => await IsStreamingAsync(primary), "streaming standby");

        for (var minute = 0; minute <= 62; minute += 2)
        {
            await TellAsync(second, primary, time);
            IReadOnlyList<Finding>[] found =
            [
                await first.Senders.RunAsync(default), await first.Runway.RunAsync(default), await first.Roles.RunAsync(default), await first.Descent.RunAsync(default), await first.Recovery.RunAsync(default), await first.Conflicts.RunAsync(default),
                await second.Receiver.RunAsync(default), await second.Roles.RunAsync(default), await second.Descent.RunAsync(default), await second.Recovery.RunAsync(default), await second.Conflicts.RunAsync(default),
            ];
            Assert.That(found.SelectMany(one => one).Select(one => $"{one.Code.Value} {one.Subject}: {one.Summary}"), Is.Empty, $"minute {minute}");
            time.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.That(first.Seen("server3", "WAL sender"), Has.Property("IsWell").True.And.Property("Text").Contains("replayed 0 bytes behind").And.Property("Text").Not.Contains("("));
        Assert.That(first.Positions.Since("server2", time.GetUtcNow() - TimeSpan.FromHours(1)), Has.Count.GreaterThan(25), "it has looked for an hour");
    }

    private static Watch On(string self, TimeProvider time, ScratchServer primary, ScratchServer standby)
    {
        var watch = new Watch(self, time).With("server2", NodeKind.Database, primary).With("server3", NodeKind.Database, standby);
        watch.Postgres.RemoteUser = "postgres";
        return watch;
    }

    private static async Task<bool> IsStreamingAsync(ScratchServer primary)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        return (await WalSender.ReadAllAsync(connection, 150000, default)).Any(sender => sender.State == "streaming");
    }

    private static async Task TellAsync(Watch watch, ScratchServer primary, TimeProvider time)
    {
        await using var connection = await primary.OpenAsync("postgres", default);
        await using var command = new Npgsql.NpgsqlCommand("SELECT pg_current_wal_lsn()::text", connection);
        var lsn = (string)(await command.ExecuteScalarAsync())!;
        watch.Peers.Keep(watch.Site.Value.Nodes[0], new PeerFacts(1, "", "server2", "", time.GetUtcNow(), new ServerFacts("Accepting", true, "primary", 150000, null, 1, lsn, null), []), null);
    }
}
