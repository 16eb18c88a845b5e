using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Liveness;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Liveness;

/// <summary>What the agent beside a real server says of it, in every state.</summary>
[Category("Postgres")]
internal sealed class OwnServerTests
{
    [Test]
    public async Task A_server_that_accepts_is_well()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var watch = Beside(server);

        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
        Assert.That(watch.Seen("server2", "PostgreSQL").IsWell, Is.True);
        Assert.That(watch.Seen("server2", "PostgreSQL").Text, Does.StartWith("primary, accepts connections, 1").And.Contain("timeline 1, at "));
    }

    [Test]
    public async Task A_stopped_a_killed_and_a_restarted_server_are_told_apart()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var watch = Beside(server);

        await server.StopAsync();
        Assert.That(await OneAsync(watch), Is.EqualTo(("Refusing", Severity.Critical, "PostgreSQL refuses connections")));
        Assert.That((await watch.Liveness.RunAsync(default))[0].Evidence, Has.Some.Contains("postmaster.pid is not there").And.Some.Contains("says: ShutDown"));

        await server.StartAsync(default);
        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);

        var id = server.PostmasterId();
        await server.KillAsync(default);
        var killed = (await watch.Liveness.RunAsync(default))[0];
        Assert.That(killed.Evidence, Has.Some.Contains($"names process {id}, which does not run").And.Some.Contains("says: InProduction").And.Some.Contains("the process is gone, the host is up"));
        Assert.That(watch.Seen("server2", "PostgreSQL").IsWell, Is.False);

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await server.StartAsync(default);
                return true;
            }
            catch (AgentException)
            {
                return false; // the killed postmaster's children are still leaving
            }
        }, "restarted server");
        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
    }

    [Test]
    public async Task A_frozen_server_does_not_answer_and_costs_one_limit()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var watch = Beside(server);
        using var web = new Watch("system1").With("system1", NodeKind.Web).With("server2", NodeKind.Database, server);
        watch.Postgres.ConnectTimeout = web.Postgres.ConnectTimeout = TimeSpan.FromSeconds(8); // what else a busy machine takes is less
        server.Freeze();

        var begin = TimeProvider.System.GetTimestamp();
        var finding = (await watch.Liveness.RunAsync(default))[0];
        var own = TimeProvider.System.GetElapsedTime(begin);
        begin = TimeProvider.System.GetTimestamp();
        await web.Liveness.RunAsync(default);
        var remote = TimeProvider.System.GetElapsedTime(begin);

        Assert.That((finding.State, finding.Summary), Is.EqualTo(("NotAnswering", "PostgreSQL does not answer")));
        Assert.That(finding.Evidence, Has.Some.Contains("is stopped by a signal (state T)"));
        Assert.That(web.Observed.Latest("server2")!.Reach, Is.EqualTo(Reach.NotAnswering), "over TCP the frozen server's kernel still accepts");
        Assert.That(own, Is.LessThan(2 * watch.Postgres.ConnectTimeout));
        Assert.That(remote, Is.LessThan(2 * watch.Postgres.ConnectTimeout));
        server.Thaw();
        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
    }

    [Test]
    public async Task A_full_server_is_up_and_full()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("max_connections", "4"), ("superuser_reserved_connections", "0"), ("max_wal_senders", "0"), ("wal_level", "minimal"), ("autovacuum", "off"));
        using var watch = Beside(server);
        List<Npgsql.NpgsqlConnection> held = [];
        for (var i = 0; i < 4; i++)
            held.Add(await server.OpenAsync("postgres", default));

        Assert.That(await OneAsync(watch), Is.EqualTo(("Full", Severity.Critical, "PostgreSQL has no connection left")));

        foreach (var connection in held)
            await connection.DisposeAsync();
        await Eventually.TrueAsync(async () => (await watch.Liveness.RunAsync(default)).Count == 0, "free connection");
    }

    [Test]
    public async Task A_superuser_notices_that_everybody_else_is_turned_away()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("max_connections", "5"), ("superuser_reserved_connections", "2"), ("max_wal_senders", "0"), ("wal_level", "minimal"), ("autovacuum", "off"));
        using var watch = Beside(server);
        List<Npgsql.NpgsqlConnection> held = [await server.OpenAsync("postgres", default), await server.OpenAsync("postgres", default)];
        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty, "one ordinary slot is left");
        held.Add(await server.OpenAsync("postgres", default));

        Assert.That((await OneAsync(watch)).State, Is.EqualTo("Full"));

        foreach (var connection in held)
            await connection.DisposeAsync();
        await Eventually.TrueAsync(async () => (await watch.Liveness.RunAsync(default)).Count == 0, "free connection");
    }

    [Test]
    public async Task A_standby_without_hot_standby_is_healthy_and_a_killed_one_is_not()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var watch = Beside(standby);

        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
        var status = watch.Observed.Latest("server2")!;
        Assert.That((status.Reach, status.Role, status.Local!.Control!.State), Is.EqualTo((Reach.NotAccepting, (ServerRole?)ServerRole.Standby, ControlState.InRecovery)));

        await standby.KillAsync(default);
        Assert.That((await OneAsync(watch)).State, Is.EqualTo("Refusing"));
    }

    [Test]
    public async Task A_server_that_starts_is_said_to_start()
    {
        await using var server = await PostgresServers.StoppedAsync(Requires.Postgres());
        server.Set(("restore_command", "sleep 300"), ("hot_standby", "on"));
        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "standby.signal"), "");
        using var watch = Beside(server);
        var starting = server.StartAsync(default);

        var finding = await Eventually.GetAsync(async () => (await watch.Liveness.RunAsync(default)).FirstOrDefault(found => found.State.StartsWith("NotAccepting", StringComparison.Ordinal)), "starting server");

        Assert.That((finding.State, finding.Summary), Is.EqualTo(("NotAccepting, Starting", "PostgreSQL is starting up")));
        await server.StopAsync("immediate");
        Assert.That(async () => await starting, Throws.InstanceOf<AgentException>());
    }

    [Test]
    public async Task A_server_that_waits_for_clients_to_leave_is_said_to_stop()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var watch = Beside(server);
        await using var client = await server.OpenAsync("postgres", default);
        await ToolRunner.RunToSuccessAsync(new ToolCommand(server.Installation.Program("pg_ctl"), ["stop", "-W", "-s", "-m", "smart", "-D", server.DataDirectory]), default);

        var finding = await Eventually.GetAsync(async () => await watch.Liveness.RunAsync(default) is [var found] ? found : null, "stopping server");

        Assert.That((finding.State, finding.Summary), Is.EqualTo(("NotAccepting, Stopping", "PostgreSQL is shutting down")));
    }

    [Test]
    public async Task A_data_directory_that_is_not_there_is_blindness_and_no_finding()
    {
        using var watch = new Watch("server2").With("server2", NodeKind.Database, Ports.Next(), "/nowhere/sispi_db", "/tmp");

        Assert.That(async () => await watch.Liveness.RunAsync(default), Throws.InstanceOf<AgentException>().With.Message.Contains("/nowhere/sispi_db"));
    }

    private static Watch Beside(ScratchServer server) => new Watch("server2").With("server2", NodeKind.Database, server);

    private static async Task<(string State, Severity Severity, string Summary)> OneAsync(Watch watch)
    {
        var finding = (await watch.Liveness.RunAsync(default)).Single();
        Assert.That(finding.Code, Is.EqualTo(LivenessJudge.Server));
        Assert.That(finding.Remedy, Is.Not.Empty);
        Assert.That(finding.Effect, Is.Not.Empty);
        return (finding.State, finding.Severity, finding.Summary);
    }
}
