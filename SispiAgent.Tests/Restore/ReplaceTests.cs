using SispiAgent.Tests.Backup;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class ReplaceTests
{
    private const string Tables = """
        CREATE SCHEMA keep; CREATE SCHEMA other;
        CREATE TABLE keep.places (id int PRIMARY KEY, name text);
        INSERT INTO keep.places SELECT i, 'place ' || i FROM generate_series(1, 10) i;
        CREATE TABLE keep.visits (id serial PRIMARY KEY, place int NOT NULL REFERENCES keep.places);
        INSERT INTO keep.visits (place) SELECT 1 + i % 10 FROM generate_series(1, 500) i;
        CREATE TABLE keep.parts (k int, v int) PARTITION BY LIST (k);
        CREATE TABLE keep.part1 PARTITION OF keep.parts FOR VALUES IN (1); CREATE TABLE other.part2 PARTITION OF keep.parts FOR VALUES IN (2); CREATE INDEX ON keep.parts (v);
        INSERT INTO keep.parts SELECT 1 + i % 2, i FROM generate_series(1, 100) i;
        """;

    [Test]
    public async Task Living_tables_move_aside_with_all_their_parts_and_are_kept()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.visits WHERE id > 7; TRUNCATE keep.parts; INSERT INTO keep.parts VALUES (2, 7)", "decam_prd");

        var said = await RunAsync(site, "--table", "keep.visits", "--table", "keep.parts", "--replace");

        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Done), said.ErrorTail);
        var aside = await AsideAsync(site, "keep");
        Assert.That(said.Output, Does.Contain(aside).And.Contain("When it is no longer wanted: DROP SCHEMA"));
        Assert.That(await TextAsync(site, $"SELECT (SELECT count(*) FROM keep.visits) || ' ' || (SELECT count(*) FROM \"{aside}\".visits) || ' ' || (SELECT count(*) FROM keep.parts) || ' ' || (SELECT count(*) FROM \"{aside}\".parts) || ' ' || (SELECT count(*) FROM other.part2)"), Is.EqualTo("500 7 100 1 50"));
        Assert.That(await TextAsync(site, $"INSERT INTO keep.visits (place) VALUES (1) RETURNING id"), Is.EqualTo("501"));
        Assert.That(await TextAsync(site, $"SELECT pg_get_serial_sequence('\"{aside}\".visits', 'id')"), Is.EqualTo($"\"{aside}\".visits_id_seq"));
    }

    [Test]
    public async Task A_living_schema_is_renamed_and_kept()
    {
        var (site, _) = await Sets.SampleAsync(Tables.Replace("other.part2", "keep.part2", StringComparison.Ordinal));
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.visits WHERE id > 7; CREATE TABLE keep.newer (a int)", "decam_prd");
        var said = await RunAsync(site, "--schema", "keep", "--replace");
        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Done), said.ErrorTail);
        var aside = await AsideAsync(site, "keep");
        Assert.That(await TextAsync(site, $"SELECT (SELECT count(*) FROM keep.visits) || ' ' || (SELECT count(*) FROM \"{aside}\".visits) || ' ' || (SELECT count(*) FROM \"{aside}\".newer)"), Is.EqualTo("500 7 0"));
        Assert.That(await TextAsync(site, "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'keep' AND (relname = 'newer' OR relname LIKE 'sispi%')"), Is.EqualTo("0"));
    }

    [TestCase("CREATE VIEW other.shown AS SELECT * FROM keep.visits", "view other.shown")]
    [TestCase("CREATE TABLE other.notes (visit int CONSTRAINT of_visit REFERENCES keep.visits)", "constraint of_visit on table other.notes")]
    [TestCase("CREATE TABLE other.older () INHERITS (keep.visits)", "table other.older")]
    [TestCase("CREATE TABLE other.again (id int DEFAULT nextval('keep.visits_id_seq'))", "default value for column id of table other.again")]
    [TestCase("CREATE FUNCTION other.f(keep.visits) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function other.f(keep.visits)")]
    [TestCase("CREATE PUBLICATION pub FOR TABLE keep.visits", "publication pub")]
    [TestCase("ALTER TABLE keep.visits INHERIT other.all_visits", "is a part of other.all_visits", "CREATE TABLE other.all_visits (id int, place int NOT NULL)")]
    public async Task What_would_go_on_pointing_at_the_old_table_is_named_and_nothing_is_done(string more, string named, string before = "")
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync($"{before}; {more}", "decam_prd");
        await site.Server.ExecuteAsync("DELETE FROM keep.visits WHERE id > 7", "decam_prd");

        var said = await RunAsync(site, "--table", "keep.visits", "--replace");

        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Failed), said.Output);
        Assert.That(said.ErrorTail, Does.Contain("Nothing was restored: ").And.Contain(named).And.Contain("--beside"));
        await AssertUntouchedAsync(site);
    }

    [Test]
    public async Task A_table_that_is_in_use_is_not_waited_for_for_ever()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.visits WHERE id > 7", "decam_prd");
        await using (var session = await site.Server.OpenAsync("decam_prd", default))
        {
            await using var use = new Npgsql.NpgsqlCommand("BEGIN; SELECT * FROM keep.visits", session);
            await use.ExecuteNonQueryAsync();
            var said = await RunAsync(site, "--table", "keep.visits", "--replace");
            Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Failed), said.Output);
            Assert.That(said.ErrorTail, Does.Contain("is in use").And.Contain("pg_stat_activity"));
        }

        await AssertUntouchedAsync(site);
    }

    [Test]
    public async Task When_the_restore_breaks_the_living_table_comes_back_to_its_place()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.visits WHERE id > 7 OR place = 5; DELETE FROM keep.places WHERE id = 5; INSERT INTO keep.places VALUES (11, 'new'); CREATE STATISTICS keep.odd ON id, place FROM keep.visits", "decam_prd");

        var said = await RunAsync(site, "--table", "keep.visits", "--replace"); // its rows point at a place that is gone

        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Failed), said.Output);
        Assert.That(said.ErrorTail, Does.Contain("visits_place_fkey").And.Contain("What it had made was taken away again"));
        await AssertUntouchedAsync(site, "6");
        Assert.That(await TextAsync(site, "SELECT count(*) FROM pg_statistic_ext WHERE stxnamespace = 'keep'::regnamespace"), Is.EqualTo("1"));
    }

    private static async Task AssertUntouchedAsync(BackupSite site, string rows = "7")
    {
        Assert.That(await TextAsync(site, "SELECT count(*) FROM ONLY keep.visits"), Is.EqualTo(rows));
        Assert.That(await TextAsync(site, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%_before_%' OR nspname LIKE 'sispi%'"), Is.EqualTo("0"));
        Assert.That(await TextAsync(site, "SELECT count(*) FROM pg_database WHERE datname LIKE 'sispi%'"), Is.EqualTo("0"));
        Assert.That((await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile())).ErrorTail, Does.Contain("No restore that could go on"));
    }

    private static Task<string> AsideAsync(BackupSite site, string schema) => TextAsync(site, $"SELECT nspname FROM pg_namespace WHERE nspname LIKE '{schema}_before_%'");

    private static Task<string> TextAsync(BackupSite site, string sql) => Sets.TextAsync(site.Server, "decam_prd", sql);

    private static Task<SispiAgent.Processes.ToolResult> RunAsync(BackupSite site, params string[] what) => AgentProgram.RunAsync(["restore", "--config", site.ConfigurationFile(), "--database", "decam_prd", .. what]);
}
