using Npgsql;
using SispiAgent.Findings;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>Each condition is made on a real server, found, and mended as the mail says.</summary>
[Category("Postgres")]
internal sealed partial class RoomProbesTests
{
    [Test]
    public async Task Connections_that_run_out_are_told_with_who_holds_them()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("max_connections", "10"), ("superuser_reserved_connections", "2"));
        using var site = new RoomSite(server);
        Assert.That(await site.Connections.RunAsync(default), Is.Empty);
        List<NpgsqlConnection> held = [];
        for (var i = 0; i < 7; i++)
            held.Add(await server.OpenAsync("postgres", default));

        var finding = (await site.Connections.RunAsync(default)).Single();

        Assert.That((finding.Code, finding.Severity), Is.EqualTo((ConnectionsJudge.Connections, Severity.Warning)));
        Assert.That(finding.Evidence, Has.Some.StartsWith("7 of 8 ").And.Some.StartsWith("7 of postgres, program (unnamed), from local; 7 idle"));
        Assert.That(site.Measurements.Latest("server2", ConnectionsProbe.Quantity)!.Value, Is.EqualTo(7));
        foreach (var connection in held)
            await connection.DisposeAsync();
        await Eventually.TrueAsync(async () => (await site.Connections.RunAsync(default)).Count == 0, "free connections");
    }

    [Test]
    public async Task Old_transaction_and_multixact_ids_are_told()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("CREATE TABLE t (i int); INSERT INTO t VALUES (1)");
        Assert.That(await site.Ages.RunAsync(default), Is.Empty);
        site.Options.AgeWarning = 1;

        var findings = await site.Ages.RunAsync(default);

        Assert.That(findings.Select(finding => finding.Code), Has.Member(AgeJudge.Transactions));
        Assert.That(findings[0].Evidence, Has.Some.StartsWith("postgres: the oldest is"));
    }

    [Test]
    public async Task Each_kind_of_ids_names_the_tables_by_its_own_age()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();

        var findings = AgeJudge.Judge("server2", [new("postgres", 2_000_000_000, 2_000_000_000)], new());

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { AgeJudge.Transactions, AgeJudge.Multixacts }));
        Assert.That(findings.Select(finding => finding.Remedy[1]), Is.EqualTo(new[] { "age(relfrozenxid)", "mxid_age(relminmxid)" }.Select(age => $"Which tables: SELECT oid::regclass, {age} FROM pg_class WHERE relkind IN ('r','t','m') ORDER BY 2 DESC LIMIT 20;")));
        foreach (var finding in findings)
            await server.ExecuteAsync(finding.Remedy[1]["Which tables: ".Length..]);
    }

    [Test]
    public async Task Sequences_near_their_end_are_told_in_every_database_and_cycling_ones_are_not()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("CREATE DATABASE other");
        await server.ExecuteAsync("""
            CREATE TABLE "Odd ""t" (id serial); SELECT setval('"Odd ""t_id_seq"', 2000000000);
            CREATE TABLE narrow (id smallint); CREATE SEQUENCE wide OWNED BY narrow.id; SELECT setval('wide', 30000);
            CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY (MAXVALUE 100)); INSERT INTO ident SELECT FROM generate_series(1, 80);
            CREATE SEQUENCE rounds MAXVALUE 10 CYCLE; SELECT setval('rounds', 10);
            CREATE TABLE narrow_round (id smallint); CREATE SEQUENCE too_wide_round CYCLE OWNED BY narrow_round.id; SELECT setval('too_wide_round', 30000);
            CREATE SEQUENCE down INCREMENT -1 MINVALUE -100; SELECT setval('down', -95);
            CREATE SEQUENCE fresh; CREATE TABLE big (id bigserial); SELECT setval('big_id_seq', 3000000000);
            """, "other");

        var findings = await site.Keys.RunAsync(default);

        Assert.That(findings.Select(finding => (finding.Subject, finding.Severity)), Is.EquivalentTo(new[]
        {
            ("server2/other/public.Odd \"t_id_seq", Severity.Critical), ("server2/other/public.wide", Severity.Critical), ("server2/other/public.ident_id_seq", Severity.Warning),
            ("server2/other/public.too_wide_round", Severity.Critical), ("server2/other/public.down", Severity.Critical),
        }));
        Assert.That(findings.Select(finding => finding.Code), Is.All.EqualTo(KeysJudge.Sequence));
        Assert.That(findings.Single(finding => finding.Subject.EndsWith("wide", StringComparison.Ordinal)).Evidence, Has.Some.EqualTo("it gives values to narrow.id").And.Some.Contains("30,000 of 32,767: 91 %"));
        foreach (var finding in findings)
            await FollowAsync(finding, server, "other");
        Assert.That(await site.Keys.RunAsync(default), Is.Empty, "each remedy to the letter gives it room");
    }

    [Test]
    public async Task An_integer_key_without_a_sequence_is_told_by_its_largest_value()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("""
            CREATE TABLE "Keyed" ("Id" int PRIMARY KEY); INSERT INTO "Keyed" SELECT 1200000000 + i FROM generate_series(1, 1000) i;
            CREATE TABLE small (id int PRIMARY KEY); INSERT INTO small SELECT generate_series(1, 1000); ANALYZE;
            INSERT INTO "Keyed" VALUES (2100000000);
            """);

        var finding = (await site.Keys.RunAsync(default)).Single();

        Assert.That((finding.Code, finding.Subject, finding.Severity), Is.EqualTo((KeysJudge.Key, "server2/postgres/public.Keyed.Id", Severity.Critical)));
        Assert.That(finding.Evidence, Has.Some.Contains("2,100,000,000 of 2,147,483,647: 97 %"));
        await FollowAsync(finding, server, "postgres");
        Assert.That(await site.Keys.RunAsync(default), Is.Empty);
    }

    [Test]
    public async Task Whatever_holds_vacuum_back_is_told_by_its_kind_and_cleared_by_the_remedy()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("max_prepared_transactions", "5"), ("wal_level", "replica"));
        using var site = new RoomSite(server);
        Assert.That(await site.Holders.RunAsync(default), Is.Empty);
        await server.ExecuteAsync("CREATE TABLE t (i int)");
        await server.ExecuteAsync("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left behind'");
        await using var idle = await server.OpenAsync("postgres", default);
        await using (var begin = new NpgsqlCommand("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t", idle))
            await begin.ExecuteNonQueryAsync();
        await using var working = await server.OpenAsync("postgres", default);
        await using var report = new NpgsqlCommand("SELECT count(*), pg_sleep(600) FROM t", working) { CommandTimeout = 0 };
        using var ending = new CancellationTokenSource();
        var running = report.ExecuteNonQueryAsync(ending.Token);
        site.Options.PreparedAfter = site.Options.IdleInTransactionAfter = site.Options.SnapshotAfter = TimeSpan.Zero;

        var findings = await Eventually.GetAsync(async () => await site.Holders.RunAsync(default) is { Count: 3 } all ? all : null, "three findings");

        Assert.That(findings.Select(finding => finding.Code), Is.EqualTo(new[] { HolderJudge.Prepared, HolderJudge.Idle, HolderJudge.Snapshot }));
        Assert.That(findings[0].Evidence.Single(), Does.StartWith("left behind, of postgres in database postgres: for"));
        Assert.That(findings[1].Evidence.Single(), Does.Contain($"process {idle.ProcessID}, of postgres in database postgres").And.Contain("holds back"));
        foreach (var finding in findings)
            await FollowAsync(finding, server, "postgres");
        Assert.That(async () => await running, Throws.InstanceOf<PostgresException>());
        await Eventually.TrueAsync(async () => (await site.Holders.RunAsync(default)).Count == 0, "nothing that holds vacuum back");
    }

    [Test]
    public async Task A_slot_that_holds_vacuum_back_is_told()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("wal_level", "logical"));
        using var site = new RoomSite(server);
        await server.ExecuteAsync("SELECT pg_create_logical_replication_slot('forgotten', 'test_decoding')");
        await server.ExecuteAsync("CREATE TABLE t (i int)");
        Assert.That(await site.Holders.RunAsync(default), Is.Empty);
        site.Options.SlotTransactions = 1;

        var finding = (await site.Holders.RunAsync(default)).Single();

        Assert.That(finding.Code, Is.EqualTo(HolderJudge.Slot));
        Assert.That(finding.Evidence.Single(), Does.StartWith("forgotten, a logical replication slot, used by nobody, holds back"));
        await FollowAsync(finding, server, "postgres");
        Assert.That(await site.Holders.RunAsync(default), Is.Empty);
    }

    [Test]
    public async Task A_restart_is_told_once_and_a_killed_session_is_told_as_a_crash_with_the_log_lines()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("logging_collector", "on"), ("log_directory", "log"), ("log_filename", "postgresql-%Y-%m.log"));
        using var site = new RoomSite(server);
        Assert.That(await site.Start.RunAsync(default), Is.Empty, "the first start that was ever seen");
        Assert.That(await site.Log.RunAsync(default), Is.Empty);

        await server.StopAsync();
        await server.StartAsync(default);
        Assert.That((await site.Start.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { StartJudge.Restarted }));
        await using var victim = await server.OpenAsync("postgres", default);
        ProcessSignal.Send(victim.ProcessID, ProcessSignal.Kill);

        var crash = await Eventually.GetAsync(async () => await RunAsync(site.Start) is [{ State: "crashed" } found] ? found : null, "crash");
        Assert.That((crash.Code, crash.Severity), Is.EqualTo((StartJudge.Crashed, Severity.Critical)));
        Assert.That(await site.Start.RunAsync(default), Has.Count.EqualTo(1), "the second look sees it too");
        site.Options.EventShownFor = TimeSpan.Zero;
        Assert.That(await site.Start.RunAsync(default), Is.Empty, "it is over after its time");
    }

    /// <summary>A WAL directory that can't be written is the PANIC of a full disk.</summary>
    [Test]
    public async Task A_PANIC_in_the_servers_log_is_told_also_when_the_server_is_down()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("logging_collector", "on"), ("log_directory", "log"), ("log_filename", "postgresql-%Y-%m.log"));
        using var site = new RoomSite(server);
        Assert.That(await site.Log.RunAsync(default), Is.Empty);
        var wal = Path.Combine(server.DataDirectory, "pg_wal");
        Directory.Move(wal, wal + ".away");

        Assert.That(async () => await server.ExecuteAsync("SELECT pg_switch_wal(); CREATE TABLE t (i int); CHECKPOINT; SELECT pg_switch_wal(); CREATE TABLE u (i int)"), Throws.InstanceOf<NpgsqlException>());
        var finding = await Eventually.GetAsync(async () => await site.Log.RunAsync(default) is [var found] ? found : null, "PANIC");

        Assert.That((finding.Code, finding.Severity), Is.EqualTo((LogJudge.Panic, Severity.Critical)));
        Assert.That(finding.Evidence, Has.Some.Contains("PANIC:"));
        Directory.Move(wal + ".away", wal);
    }

    [Test]
    public async Task A_log_that_nobody_writes_and_one_that_grows_are_told()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("logging_collector", "on"), ("log_directory", "log"), ("log_filename", "postgresql-%Y-%m.log"));
        using var site = new RoomSite(server);
        Assert.That(await site.Log.RunAsync(default), Is.Empty);
        site.Options.LogDirectoryBytes = 1;

        var finding = (await site.Log.RunAsync(default)).Single();

        Assert.That(finding.Code, Is.EqualTo(LogJudge.Growth));
        Assert.That(finding.Evidence, Has.Some.Contains("no name ever comes again"));
    }

    [Test]
    public async Task A_forgotten_exclusive_backup_is_told_and_ended_as_the_mail_says()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(14), ("wal_level", "replica"));
        using var site = new RoomSite(server);
        await server.ExecuteAsync("SELECT pg_start_backup('forgotten', true)");
        Assert.That(await site.Exclusive.RunAsync(default), Is.Empty);
        site.Options.ExclusiveBackupAfter = TimeSpan.Zero;

        Assert.That((await site.Exclusive.RunAsync(default)).Select(finding => finding.Code), Is.EqualTo(new[] { ExclusiveBackupProbe.Forgotten }));

        await server.ExecuteAsync("SELECT pg_stop_backup()");
        Assert.That(await site.Exclusive.RunAsync(default), Is.Empty);
    }

    [Test]
    public async Task A_server_that_is_down_leaves_everything_as_it_was()
    {
        await using var server = await PostgresServers.StoppedAsync(Requires.Postgres());
        using var site = new RoomSite(server);

        foreach (var probe in site.OverSql.Where(probe => probe != site.Log))
            Assert.That(async () => await probe.RunAsync(default), Throws.InstanceOf<LookSuspendedException>(), probe.Name);
        Assert.That(await site.Space.RunAsync(default), Is.Empty, "disks are looked at all the same");
    }

    /// <summary>Every query of room is understood by every version, on the primary and on a hot standby; a standby without SQL has nothing to ask.</summary>
    [TestCaseSource(typeof(Versions), nameof(Versions.Majors))]
    public async Task Every_query_works_on(int major)
    {
        var installation = Versions.Require(major);
        var (primary, standby) = await PostgresServers.StartPairAsync(installation, settings: ("max_prepared_transactions", "2"));
        await using var _ = primary;
        await using var __ = standby;
        await primary.ExecuteAsync("CREATE TABLE k (id serial PRIMARY KEY); INSERT INTO k SELECT FROM generate_series(1, 1000); ANALYZE k; CREATE TABLE n (id serial); SELECT setval('n_id_seq', 2000000000)");
        using var onPrimary = new RoomSite(primary);
        using var onStandby = new RoomSite(standby);

        foreach (var probe in onPrimary.OverSql.Append(onPrimary.Space).Where(probe => probe != onPrimary.Keys))
            Assert.That(await probe.RunAsync(default), Is.Empty, probe.Name);
        Assert.That((await onPrimary.Keys.RunAsync(default)).Select(finding => finding.Subject), Is.EqualTo(new[] { "server2/postgres/public.n_id_seq" }));
        foreach (var probe in onStandby.OverSql.Append(onStandby.Space))
            Assert.That(await Eventually.GetAsync(() => RunUnlessDownAsync(probe), probe.Name), Is.Empty, probe.Name);
        Assert.That(onPrimary.Board.ReadAll().Select(seen => seen.Topic), Is.SupersetOf(new[] { "connections", "oldest ids", "sequences and keys", "vacuum held back", "server's start", "server's log" }));
    }

    [Test]
    public async Task A_standby_without_hot_standby_has_nothing_to_ask()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        using var site = new RoomSite(standby);

        foreach (var probe in site.OverSql)
            Assert.That(await Eventually.GetAsync(() => RunUnlessDownAsync(probe), probe.Name), Is.Empty, probe.Name);
    }

    private static async Task<IReadOnlyList<Finding>?> RunUnlessDownAsync(IProbe probe)
    {
        try
        {
            return await probe.RunAsync(default);
        }
        catch (LookSuspendedException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<Finding>> RunAsync(IProbe probe) => await RunUnlessDownAsync(probe) ?? [];

    /// <summary>The statements of a remedy, to the letter.</summary>
    private static async Task FollowAsync(SispiAgent.Findings.Finding finding, ScratchServer server, string database)
    {
        var statements = finding.Remedy.Select(step => Statement().Match(step)).Where(match => match.Success).Select(match => match.Value).ToArray();
        Assert.That(statements, Is.Not.Empty, string.Join(" | ", finding.Remedy));
        foreach (var statement in statements)
            await server.ExecuteAsync(statement, database);
    }

    [System.Text.RegularExpressions.GeneratedRegex("(ALTER (TABLE|SEQUENCE)|ROLLBACK PREPARED|SELECT pg_(terminate_backend|cancel_backend|drop_replication_slot)).*;$")]
    private static partial System.Text.RegularExpressions.Regex Statement();
}
