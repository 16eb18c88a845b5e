using System.Text.Json.Nodes;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>What a set shows is one moment, whatever happens on the server meanwhile.</summary>
[Category("Postgres")]
internal sealed class ConsistencyTests
{
    private const int Accounts = 50, Total = 50_000, VictimRows = 1000;

    [Test]
    public async Task A_rule_that_writers_keep_across_tables_of_several_files_holds_in_the_restored_set()
    {
        await using var site = await StartAsync(new JsonObject { ["Parallel"] = 2 });
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(number => Task.Run(() => WriteAsync(site.Server, number, stop.Token))).ToArray();
        await Eventually.TrueAsync(async () => await CountAsync(site.Server, "SELECT count(*) FROM left_side.log") > 100, "the writers are at work");

        var set = (await site.RunAsync()).Set;
        var during = await CountAsync(site.Server, "SELECT count(*) FROM left_side.log");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var database = set.Manifest.Databases.Single(entry => entry.Name == "decam_prd");
        Assert.That(database.Units.Select(unit => unit.Name), Is.SupersetOf(new[] { "schema left_side", "schema right_side", "schema bulk" }));
        var rows = database.Tables.Single(table => table.Schema == "left_side" && table.Name == "log").Rows!.Value;
        Assert.That(during, Is.GreaterThan(rows), "they wrote on while it was dumped");
        await using var empty = await PostgresServers.StartPrimaryAsync();
        await GuideShell.RunAsync(set, empty);
        Assert.That(await CountAsync(empty, "SELECT (SELECT sum(amount) FROM left_side.account) + (SELECT sum(amount) FROM right_side.account)"), Is.EqualTo(Total));
        Assert.That(await CountAsync(empty, "SELECT count(*) FROM left_side.log"), Is.EqualTo(rows));
        Assert.That(await CountAsync(empty, "SELECT count(*) FROM left_side.log l FULL JOIN right_side.log r USING (id) WHERE l.id IS NULL OR r.id IS NULL"), Is.Zero);
    }

    [TestCase("locks its tables", "TRUNCATE victim.cut")]
    [TestCase("its files are dumped", "TRUNCATE victim.cut")]
    [TestCase("dumps", "TRUNCATE victim.cut")]
    [TestCase("are counted and digested", "TRUNCATE victim.cut")]
    [TestCase("locks its tables", "ALTER TABLE victim.cut ALTER id TYPE bigint")]
    [TestCase("its files are dumped", "ALTER TABLE victim.cut ALTER id TYPE bigint")]
    [TestCase("dumps", "ALTER TABLE victim.cut ALTER id TYPE bigint")]
    public async Task Whoever_empties_or_rewrites_a_table_waits_or_makes_the_attempt_begin_again(string step, string statement)
    {
        await using var site = await StartAsync(new JsonObject { ["Patience"] = "00:00:01", ["Attempts"] = 5 });
        Task? firing = null;
        var run = site.RunAsync(new Told(progress =>
        {
            if (progress.Unit.StartsWith("decam_prd", StringComparison.Ordinal) && progress.Step == step)
                firing ??= Task.Run(() => site.Server.ExecuteAsync($"BEGIN; {statement}; DELETE FROM victim.cut; INSERT INTO victim.cut SELECT generate_series(1, {VictimRows}); COMMIT", "decam_prd"));
        }));
        var manifest = (await run).Set.Manifest;
        await firing!;

        Assert.That(manifest.Databases.Single(entry => entry.Name == "decam_prd").Tables.Single(table => table.Name == "cut").Rows, Is.EqualTo(VictimRows));
    }

    [Test]
    public async Task Sessions_that_empty_and_rewrite_again_and_again_leave_no_empty_table_in_any_set()
    {
        await using var site = await StartAsync(new JsonObject { ["Patience"] = "00:00:01", ["Attempts"] = 20 });
        var attackers = Task.WhenAll(
            AttackAsync(site.Server, $"BEGIN; TRUNCATE victim.cut; INSERT INTO victim.cut SELECT generate_series(1, {VictimRows}); COMMIT"),
            AttackAsync(site.Server, "ALTER TABLE victim.rewritten ALTER id TYPE bigint; ALTER TABLE victim.rewritten ALTER id TYPE int"),
            AttackAsync(site.Server, "CREATE TABLE victim.passing (id int); DROP TABLE victim.passing"));
        bool isOver;
        do
        {
            isOver = attackers.IsCompleted;
            var manifest = (await site.RunAsync()).Set.Manifest;
            var tables = manifest.Databases.Single(entry => entry.Name == "decam_prd").Tables.Where(table => table.Schema == "victim" && table.Name != "passing").ToArray();
            Assert.That(tables.Select(table => table.Rows), Is.EqualTo(new long?[] { VictimRows, VictimRows }));
            await Eventually.TrueAsync(() => SetName.For(TimeProvider.System.GetUtcNow()) != manifest.Name, "new second");
        }
        while (!isOver);
        await attackers;
    }

    [Test]
    public async Task What_comes_and_goes_while_the_tables_are_locked_costs_no_attempt()
    {
        await using var site = await StartAsync(new JsonObject { ["Attempts"] = 1 });
        using var stop = new CancellationTokenSource();
        var restless = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await site.Server.ExecuteAsync($"CREATE TABLE victim.step{i} (id int)", "decam_prd");
        });
        var manifest = (await site.RunAsync()).Set.Manifest;
        await stop.CancelAsync();
        await restless;
        Assert.That(manifest.Databases.Single(entry => entry.Name == "decam_prd").Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task A_sequence_that_is_dropped_while_it_is_dumped_makes_the_attempt_begin_again()
    {
        await using var site = await StartAsync(new JsonObject { ["Attempts"] = 2 });
        await site.Server.ExecuteAsync("CREATE SEQUENCE victim.passing", "decam_prd");
        var isDropped = false;
        var manifest = (await site.RunAsync(new Told(progress =>
        {
            if (isDropped || progress is not { Unit: "decam_prd", Step: "its files are dumped" })
                return;
            isDropped = true;
            site.Server.ExecuteAsync("DROP SEQUENCE victim.passing", "decam_prd").GetAwaiter().GetResult();
        }))).Set.Manifest;

        Assert.That(manifest.Databases.Single(entry => entry.Name == "decam_prd").Attempts, Is.EqualTo(2));
        Assert.That(manifest.Remarks, Has.Some.Contains("victim.passing"));
    }

    private static async Task<BackupSite> StartAsync(JsonObject backup)
    {
        var site = await BackupSite.StartAsync(backup);
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync($"""
            CREATE SCHEMA left_side; CREATE SCHEMA right_side; CREATE SCHEMA bulk; CREATE SCHEMA victim;
            CREATE TABLE left_side.account AS SELECT g AS id, {Total / Accounts / 2} AS amount FROM generate_series(1, {Accounts}) g;
            CREATE TABLE right_side.account AS SELECT * FROM left_side.account;
            CREATE TABLE left_side.log (id text); CREATE TABLE right_side.log (id text);
            CREATE TABLE bulk.image AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 300000) g;
            CREATE TABLE victim.cut AS SELECT generate_series(1, {VictimRows}) AS id;
            CREATE TABLE victim.rewritten AS SELECT generate_series(1, {VictimRows}) AS id;
            """, "decam_prd");
        return site;
    }

    /// <summary>Moves amounts from one side to the other and notes it on both, in one transaction each.</summary>
    private static async Task WriteAsync(ScratchServer server, int number, CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync("decam_prd", default);
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var account = 1 + ((i * 7) + number) % Accounts;
            await using var move = new NpgsqlCommand($"""
                BEGIN; UPDATE left_side.account SET amount = amount - {i % 10} WHERE id = {account}; INSERT INTO left_side.log VALUES ('{number}/{i}');
                UPDATE right_side.account SET amount = amount + {i % 10} WHERE id = {account}; INSERT INTO right_side.log VALUES ('{number}/{i}'); COMMIT
                """, connection);
            await move.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task AttackAsync(ScratchServer server, string statements)
    {
        await using var connection = await server.OpenAsync("decam_prd", default);
        for (var i = 0; i < 6; i++)
        {
            await using var attack = new NpgsqlCommand(statements, connection) { CommandTimeout = 60 };
            await attack.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task<long> CountAsync(ScratchServer server, string sql)
    {
        await using var connection = await server.OpenAsync("decam_prd", default);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
