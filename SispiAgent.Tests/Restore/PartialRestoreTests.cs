using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class PartialRestoreTests
{
    private const string Tables = """
        CREATE SCHEMA keep;
        CREATE TABLE keep.places (id int PRIMARY KEY, name text);
        INSERT INTO keep.places SELECT i, 'place ' || i FROM generate_series(1, 10) i;
        CREATE FUNCTION keep.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TABLE keep."a.b" (id serial PRIMARY KEY, place int NOT NULL REFERENCES keep.places, note text DEFAULT 'n' CHECK (note <> ''));
        INSERT INTO keep."a.b" (place) SELECT 1 + i % 10 FROM generate_series(1, 500) i;
        CREATE INDEX "odd idx" ON keep."a.b" (lower(note));
        CREATE TRIGGER watch BEFORE INSERT ON keep."a.b" FOR EACH ROW EXECUTE FUNCTION keep.watch();
        GRANT SELECT ON keep."a.b" TO observer; COMMENT ON COLUMN keep."a.b".note IS 'a note';
        CREATE TABLE keep.parts (k int, v int) PARTITION BY LIST (k);
        CREATE TABLE keep.part1 PARTITION OF keep.parts FOR VALUES IN (1); CREATE TABLE keep.part2 PARTITION OF keep.parts FOR VALUES IN (2); CREATE INDEX ON keep.parts (v);
        INSERT INTO keep.parts SELECT 1 + i % 2, i FROM generate_series(1, 100) i;
        """;

    [Test]
    public async Task A_dropped_table_comes_back_in_one_command_with_all_that_belonged_to_it()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        var before = await DescribeAsync(site.Server);
        await site.Server.ExecuteAsync("DROP TABLE keep.\"a.b\", keep.parts; INSERT INTO keep.places VALUES (11, 'living')", "decam_prd");

        var said = await AgentProgram.RunAsync("restore", "--config", site.ConfigurationFile(), "--database", "decam_prd", "--table", "keep.\"a.b\"", "--table", "keep.parts");

        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Done), said.ErrorTail);
        Assert.That(await DescribeAsync(site.Server), Is.EqualTo(before));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "SELECT count(*) FROM keep.places"), Is.EqualTo("11"));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "INSERT INTO keep.\"a.b\" (place) VALUES (11) RETURNING id"), Is.EqualTo("501"));
        Assert.That(await Sets.TextAsync(site.Server, "postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'sispi%'"), Is.EqualTo("0"));

        var again = await AgentProgram.RunAsync("restore", "--config", site.ConfigurationFile(), "--database", "decam_prd", "--table", "keep.\"a.b\"");
        Assert.That(again.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(again.ErrorTail, Does.Contain("table keep.\"a.b\" is there already").And.Contain("--beside"));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "SELECT count(*) FROM keep.\"a.b\""), Is.EqualTo("501"));
    }

    [Test]
    public async Task A_table_comes_back_beside_the_living_one_and_touches_nothing()
    {
        var (site, set) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.\"a.b\" WHERE id > 100; TRUNCATE keep.parts", "decam_prd");
        var living = await DescribeAsync(site.Server);

        var said = await AgentProgram.RunAsync("restore", "--config", site.ConfigurationFile(), "--database", "decam_prd", "--table", "keep.\"a.b\"", "--table", "keep.parts", "--beside");

        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Done), said.ErrorTail);
        var beside = $"restored_{set.Manifest.Name.ToLowerInvariant()}";
        Assert.That(said.Output, Does.Contain(beside));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", $"SELECT count(*) FROM {beside}.\"a.b\""), Is.EqualTo("500"));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", $"SELECT count(*) FROM {beside}.parts WHERE k = 2"), Is.EqualTo("50"));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", $"SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = '{beside}.\"a.b\"'::regclass"), Is.EqualTo("0"));
        Assert.That(await DescribeAsync(site.Server), Is.EqualTo(living));
        await site.Server.ExecuteAsync($"DELETE FROM keep.\"a.b\"; DELETE FROM keep.places; DROP SCHEMA {beside} CASCADE", "decam_prd");
    }

    [Test]
    public async Task What_went_with_a_table_and_did_not_come_back_with_it_is_named()
    {
        var (site, _) = await Sets.SampleAsync(Tables + "CREATE VIEW keep.notes AS SELECT note FROM keep.\"a.b\"");
        await using var mine = site;
        await site.Server.ExecuteAsync("DROP TABLE keep.places, keep.\"a.b\" CASCADE", "decam_prd");
        string[] restore = ["restore", "--config", site.ConfigurationFile(), "--database", "decam_prd"];

        var both = await AgentProgram.RunAsync([.. restore, "--table", "keep.places", "--table", "keep.\"a.b\""]);
        Assert.That(both.ExitCode, Is.EqualTo(ExitCode.Done), both.ErrorTail);
        Assert.That(both.Output, Does.Contain("did not come back: view keep.notes. How they were made: pg_restore -s -f - "));
        Assert.That(both.Output, Does.Match($"Restored from server2/.* into .*@.*:{site.Server.Port} in "));
        await site.Server.ExecuteAsync("CREATE VIEW keep.notes AS SELECT note FROM keep.\"a.b\"; DROP TABLE keep.places CASCADE", "decam_prd");
        Assert.That((await AgentProgram.RunAsync([.. restore, "--table", "keep.places"])).Output, Does.Match("did not come back: constraint .*_place_fkey.* on table keep.\"a.b\"\\."));

        await site.Server.ExecuteAsync("CREATE ROLE plain LOGIN CREATEDB");
        var plain = await AgentProgram.RunAsync([.. restore, "--as", "mine", "--user", "plain"]);
        Assert.That(plain.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(plain.ErrorTail, Does.Contain("is no superuser: what belongs to others can't be restored").And.Contain("--user"));
        var replaced = await AgentProgram.RunAsync([.. restore, "--replace"]);
        Assert.That(replaced.Output, Does.Match("The database decam_prd that was there is kept as \"decam_prd_before_.*\"\\."), replaced.ErrorTail);
    }

    [Test]
    public async Task A_dropped_schema_comes_back()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        var before = await DescribeAsync(site.Server);
        await site.Server.ExecuteAsync("DROP SCHEMA keep CASCADE", "decam_prd");
        var said = await AgentProgram.RunAsync("restore", "--config", site.ConfigurationFile(), "-d", "decam_prd", "--schema", "keep");
        Assert.That(said.ExitCode, Is.EqualTo(ExitCode.Done), said.ErrorTail);
        Assert.That(await DescribeAsync(site.Server), Is.EqualTo(before));
    }

    private static Task<string> DescribeAsync(SispiAgent.Postgres.ScratchServer server) => Sets.TextAsync(server, "decam_prd", """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
          SELECT 'index ' || pg_get_indexdef(indexrelid) AS line FROM pg_index WHERE indrelid::regclass::text LIKE 'keep.%'
          UNION ALL SELECT 'constraint ' || conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'keep.%'
          UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'keep.%'
          UNION ALL SELECT 'rights ' || oid::regclass || coalesce(relacl::text, '') FROM pg_class WHERE relkind IN ('r', 'p') AND oid::regclass::text LIKE 'keep.%'
          UNION ALL SELECT 'comment ' || description FROM pg_description WHERE objoid = 'keep."a.b"'::regclass
          UNION ALL SELECT 'rows ' || count(*) || sum(id) || sum(place) FROM keep."a.b" UNION ALL SELECT 'rows ' || count(*) || sum(v) FROM keep.parts) AS lines
        """);
}
