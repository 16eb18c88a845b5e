using SispiAgent.Cluster;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Postgres;

[Category("Postgres")]
internal sealed class SharedLookTests
{
    [Test]
    public async Task Probes_that_look_at_a_server_at_the_same_moment_make_one_connection_and_the_next_look_is_new()
    {
        await using var server = await PostgresServers.StoppedAsync(Requires.Postgres());
        server.Set(("log_connections", "on"));
        await server.StartAsync(default);
        using var watch = new Watch("server2").With("server2", NodeKind.Database, server);
        var before = Connections(server);

        var seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => watch.Reader.ReadAsync(watch.Site.Value.Self, default)));
        Assert.That(seen.Select(status => status.Role), Is.All.EqualTo(ServerRole.Primary));
        Assert.That(Connections(server) - before, Is.EqualTo(1));

        await watch.Reader.ReadAsync(watch.Site.Value.Self, default);
        Assert.That(Connections(server) - before, Is.EqualTo(2));
        await server.StopAsync();
        Assert.That((await watch.Reader.ReadAsync(watch.Site.Value.Self, default)).Role, Is.Null);
    }

    [Test]
    public async Task Who_gives_up_waiting_takes_the_look_from_nobody()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var watch = new Watch("server2").With("server2", NodeKind.Database, server);
        using var end = new CancellationTokenSource();
        var (impatient, patient) = (watch.Reader.ReadAsync(watch.Site.Value.Self, end.Token), watch.Reader.ReadAsync(watch.Site.Value.Self, default));
        await end.CancelAsync();
        Assert.That(async () => await impatient, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((await patient).Role, Is.EqualTo(ServerRole.Primary));
    }

    /// <summary>How many sessions were let in, by the server's log; an ended session's line is there.</summary>
    private static int Connections(ScratchServer server) => File.ReadLines(server.LogFile).Count(line => line.Contains("connection authorized", StringComparison.Ordinal));
}
