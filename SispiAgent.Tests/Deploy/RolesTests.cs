using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Room;
using SispiAgent.Tests.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Deploy;

[Category("Postgres")]
internal sealed class RolesTests
{
    [Test]
    public async Task The_watching_role_sees_what_the_probes_read_and_may_do_nothing_else()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var first = primary;
        await using var second = standby;
        await primary.ExecuteAsync("CREATE TABLE secret (id int)");
        await MakeRoleAsync(primary);
        await MakeRoleAsync(primary); // again: nothing to do, no error

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(primary.ConnectionString("postgres")) { Username = "watch-man" }.ToString());
        await connection.OpenAsync();

        var senders = await Eventually.GetAsync(async () => await RowsAsync(connection, SenderDialect.For(150000).Query) is { Count: > 0 } rows ? rows : null, "WAL sender");
        Assert.That(senders.Single()[3..8], Has.None.Null, "state and positions are hidden from an ordinary role; lag is null when there is none");
        Assert.That((await RowsAsync(connection, "SELECT setting FROM pg_settings WHERE name = 'data_directory'")).Single(), Is.EqualTo(new[] { primary.DataDirectory }));
        Assert.That(await RowsAsync(connection, "SELECT type FROM pg_hba_file_rules"), Is.Not.Empty);
        Assert.That(await RowsAsync(connection, "SELECT system_identifier::text FROM pg_control_system()"), Has.Count.EqualTo(1));
        Assert.That(await RowsAsync(connection, "SELECT timeline_id::text FROM pg_control_checkpoint()"), Has.Count.EqualTo(1));
        Assert.That(await RowsAsync(connection, "SELECT pg_current_wal_lsn()::text"), Has.Count.EqualTo(1));

        Assert.That(await StateOfAsync(connection, "SELECT * FROM secret"), Is.EqualTo(PostgresErrorCodes.InsufficientPrivilege));
        Assert.That(await StateOfAsync(connection, "CREATE TABLE mine (id int)"), Is.EqualTo(PostgresErrorCodes.ReadOnlySqlTransaction));
        Assert.That(await StateOfAsync(connection, "SELECT rolpassword FROM pg_authid"), Is.EqualTo(PostgresErrorCodes.InsufficientPrivilege));
    }

    /// <summary>With nothing but that role the probes of room see what their pages promise; without it they would not.</summary>
    [Test]
    public async Task The_probes_of_room_work_as_that_role()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("max_prepared_transactions", "2"), ("logging_collector", "on"));
        using var site = new RoomSite(server);
        await server.ExecuteAsync("CREATE ROLE nobody LOGIN; CREATE TABLE t (i int); CREATE SEQUENCE s MAXVALUE 10; SELECT setval('s', 10)");
        await server.ExecuteAsync("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left behind'");
        await MakeRoleAsync(server);
        await using var idle = await server.OpenAsync("postgres", default);
        await using (var begin = new NpgsqlCommand("BEGIN; SELECT txid_current()", idle))
            await begin.ExecuteNonQueryAsync();
        site.Options.PreparedAfter = site.Options.IdleInTransactionAfter = TimeSpan.Zero;

        site.Postgres.LocalUser = "nobody";
        Assert.That((await site.Holders.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { HolderJudge.Prepared }), "an ordinary role does not see what others do");

        site.Postgres.LocalUser = "watch-man";
        Assert.That((await site.Holders.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { HolderJudge.Prepared, HolderJudge.Idle }));
        foreach (var probe in site.OverSql.Where(probe => probe != site.Holders))
            Assert.That(await probe.RunAsync(default), Is.Empty, probe.Name);
        await using (var sql = new NpgsqlCommand("COMMIT", idle))
            await sql.ExecuteNonQueryAsync();
    }

    /// <summary>The history file is not for that role to read, and that it asks must not be an error in the log at each look.</summary>
    [Test]
    public async Task A_look_at_a_server_above_timeline_1_leaves_no_error_in_its_log_and_what_it_can_not_know_is_in_the_status()
    {
        var (first, server) = await PostgresServers.StartPairAsync(Requires.Postgres());
        await using var _ = first;
        await using var __ = server;
        await server.ExecuteAsync("SELECT pg_promote()");
        await MakeRoleAsync(server);
        using var watch = new Watch("system1").With("server2", NodeKind.Database, server).With("system1", NodeKind.Web);
        watch.Postgres.RemoteUser = "watch-man";
        async Task<string> LookAsync()
        {
            Assert.That(await watch.Roles.RunAsync(default), Is.Empty);
            return watch.Seen("system1", "roles").Text;
        }

        Assert.That(await LookAsync(), Is.EqualTo("server2 primary (timeline 2, its history unknown: not for the agent's role to read, nor told by its own agent)"));
        await server.ExecuteAsync("GRANT EXECUTE ON FUNCTION pg_read_file(text, bigint, bigint) TO \"watch-man\"");
        Assert.That(await LookAsync(), Is.EqualTo("server2 primary (timeline 2)"));
        await server.ExecuteAsync("REVOKE EXECUTE ON FUNCTION pg_read_file(text, bigint, bigint) FROM \"watch-man\"");
        watch.Peers.Keep(watch.Site.Value.Nodes[0], new PeerFacts(1, "1", "server2", "", TimeProvider.System.GetUtcNow(), new ServerFacts("Accepting", true, "primary", 150000, null, 2, "0/5000000", null) { Forks = [new(1, "0/3000000")] }, []), null);
        Assert.That(await LookAsync(), Is.EqualTo("server2 primary (timeline 2)"));
        watch.Postgres.RemoteUser = "postgres";
        File.Delete(Path.Combine(server.DataDirectory, "pg_wal", "00000002.history"));
        await LookAsync();

        await server.StopAsync();
        Assert.That(File.ReadLines(server.LogFile).Where(line => line.Contains("ERROR:", StringComparison.Ordinal)), Is.Empty);
    }

    private static Task<ToolResult> MakeRoleAsync(ScratchServer server) => ToolRunner.RunToSuccessAsync(
        new ToolCommand(server.Installation.Program("psql"), ["-X", "-q", "-h", server.SocketDirectory, "-p", $"{server.Port}", "-U", "postgres", "-v", "role=watch-man", "-f", Repository.Path("deploy", "roles.sql"), "postgres"]), default);

    private static async Task<List<string?[]>> RowsAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string?[]>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i).ToString())]);
        return rows;
    }

    private static async Task<string?> StateOfAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await RowsAsync(connection, sql);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
