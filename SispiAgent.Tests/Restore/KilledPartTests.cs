using System.Diagnostics;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Platform;
using SispiAgent.Restore;
using SispiAgent.Tests.Backup;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class KilledPartTests
{
    /// <summary>A row waits for an advisory lock, a foreign key for a table's lock: so a restore stands where it shall be killed.</summary>
    private const string Tables = """
        CREATE SCHEMA keep;
        CREATE TABLE keep.places (id int PRIMARY KEY, name text);
        INSERT INTO keep.places SELECT i, 'place ' || i FROM generate_series(1, 10) i;
        CREATE FUNCTION keep.waits(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN true; END';
        CREATE TABLE keep."a.b" (id serial PRIMARY KEY, place int NOT NULL REFERENCES keep.places, note text DEFAULT 'n' CHECK (keep.waits(note)));
        INSERT INTO keep."a.b" (place) SELECT 1 + i % 10 FROM generate_series(1, 500) i;
        CREATE STATISTICS keep.odd ON place, note FROM keep."a.b";
        """;

    private const string AtRows = "SELECT pg_advisory_lock(42)", AtConstraints = "BEGIN; LOCK TABLE keep.places IN ACCESS EXCLUSIVE MODE";
    private static readonly string[] Table = ["--database", "decam_prd", "--table", "keep.\"a.b\""];

    [TestCase(AtRows)]
    [TestCase(AtConstraints)]
    public async Task A_dropped_table_whose_restore_was_killed_comes_back_once_and_whole(string at)
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DROP TABLE keep.\"a.b\"", "decam_prd");
        await KillAsync(site, at, Table);

        Assert.That(await CountAsync(site, "pg_class WHERE relname = 'a.b'"), Is.EqualTo("1"), "killed too early to tell anything");
        var anew = await RunAsync(site, Table);
        Assert.That(anew.ErrorTail, Does.Contain("is there already").And.Contain("A restore that was killed has left it half made. It goes on with: sispi-agent restore --resume"));
        await ResumeAsync(site);

        await AssertWholeAsync(site, "keep");
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "INSERT INTO keep.\"a.b\" (place) VALUES (1) RETURNING id"), Is.EqualTo("501"));
    }

    [Test]
    public async Task A_killed_restore_beside_is_made_anew_and_what_lives_is_untouched()
    {
        var (site, set) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.\"a.b\" WHERE id > 100", "decam_prd");
        await KillAsync(site, AtRows, [.. Table, "--beside"]);
        await ResumeAsync(site);
        await AssertWholeAsync(site, $"restored_{set.Manifest.Name.ToLowerInvariant()}", withForeignKey: false);
        Assert.That(await CountAsync(site, "keep.\"a.b\""), Is.EqualTo("100"));
    }

    [TestCase(AtRows)]
    [TestCase(AtConstraints)]
    public async Task A_killed_restore_that_replaces_loses_nothing_of_what_lived(string at)
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DELETE FROM keep.\"a.b\" WHERE id > 100; UPDATE keep.\"a.b\" SET note = 'living'", "decam_prd");
        await KillAsync(site, at, [.. Table, "--replace"]);
        var resumed = await ResumeAsync(site);

        await AssertWholeAsync(site, "keep");
        var aside = await Sets.TextAsync(site.Server, "decam_prd", "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'keep_before_%'");
        Assert.That(resumed, Does.Contain($"kept in schema {aside.ToLowerInvariant()}").Or.Contains($"kept in schema \"{aside}\""));
        Assert.That(await CountAsync(site, $"\"{aside}\".\"a.b\" WHERE note = 'living'"), Is.EqualTo("100"));
    }

    [Test]
    public async Task What_others_have_made_upon_the_half_made_table_is_not_taken_away_with_it()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DROP TABLE keep.\"a.b\"", "decam_prd");
        await KillAsync(site, AtConstraints, Table);
        await site.Server.ExecuteAsync("CREATE VIEW public.mine AS SELECT * FROM keep.\"a.b\"", "decam_prd");

        var refused = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(refused.ErrorTail, Does.Contain("since then others have made view mine there"));
        Assert.That(await CountAsync(site, "public.mine"), Is.EqualTo("500"));
        await site.Server.ExecuteAsync("DROP VIEW public.mine", "decam_prd");
        await ResumeAsync(site);
        await AssertWholeAsync(site, "keep");
    }

    [Test]
    public async Task A_killed_restore_of_a_schema_is_taken_up_again()
    {
        var (site, _) = await Sets.SampleAsync(Tables);
        await using var mine = site;
        await site.Server.ExecuteAsync("DROP SCHEMA keep CASCADE", "decam_prd");
        await KillAsync(site, AtRows, ["-d", "decam_prd", "--schema", "keep"]);
        Assert.That(await CountAsync(site, "pg_database WHERE datname LIKE 'sispi_restore_model_%'", "postgres"), Is.EqualTo("1"));
        var meanwhile = (await site.RunAsync()).Set.Manifest;
        Assert.That(meanwhile.Databases.Select(database => database.Name), Has.None.StartsWith("sispi"));
        Assert.That(meanwhile.Remarks, Has.Some.Contains("is a restore's, which is at work or was killed: it is not in the set"));
        using (var host = site.Open())
        {
            await Eventually.TrueAsync(async () => (await host.Get<LeftScratch>().RemoveAsync(default)).Count == 1, "removal at the agent's start");
            Assert.That(await CountAsync(site, "pg_database WHERE datname LIKE 'sispi%'", "postgres"), Is.EqualTo("0"));
            Assert.That(RestoreJournal.Unfinished(host.Get<Restorer>().Journals)?.Request?.Schemas, Is.EqualTo(new[] { "keep" }), "the rest is for --resume");
        }

        await site.Server.ExecuteAsync("CREATE TABLE keep.others (a int)", "decam_prd");
        var refused = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());
        Assert.That(refused.ErrorTail, Does.Contain("since then others have made table keep.others there"));
        await site.Server.ExecuteAsync("DROP TABLE keep.others", "decam_prd");
        await ResumeAsync(site);
        await AssertWholeAsync(site, "keep");
    }

    private static async Task KillAsync(BackupSite site, string at, string[] what)
    {
        await using var holder = await site.Server.OpenAsync("decam_prd", default);
        await using (var hold = new NpgsqlCommand(at, holder))
            await hold.ExecuteNonQueryAsync();
        using var restoring = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, ["restore", "--config", site.ConfigurationFile(), .. what]) { RedirectStandardOutput = true })!;
        restoring.BeginOutputReadLine();
        await Eventually.TrueAsync(async () => restoring.HasExited || await CountAsync(site, "pg_stat_activity WHERE application_name LIKE 'sispi-agent restore%' AND wait_event_type = 'Lock'", "postgres") != "0", "restore that waits");
        Assert.That(restoring.HasExited, Is.False, "it never came to where it shall be killed");
        var set = site.Catalog()[0].Folder;
        Assert.That(SetHold.Holder(set), Does.StartWith($"a restore, process {restoring.Id}, since "), "pruning would take its set away");
        var below = ProcessTree.Below(restoring.Id);
        ProcessSignal.Send(restoring.Id, ProcessSignal.Kill);
        await restoring.WaitForExitAsync();
        await Eventually.TrueAsync(() => below.All(process => !ProcessTree.IsRunning(process)), "end of all children");
        Assert.That(SetHold.Holder(set), Is.Null);
    }

    private static Task<SispiAgent.Processes.ToolResult> RunAsync(BackupSite site, string[] what) => AgentProgram.RunAsync(["restore", "--config", site.ConfigurationFile(), .. what]);

    private static async Task<string> ResumeAsync(BackupSite site)
    {
        var resumed = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Done), resumed.ErrorTail);
        Assert.That((await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile())).ErrorTail, Does.Contain("No restore that could go on"));
        return resumed.Output;
    }

    private static async Task AssertWholeAsync(BackupSite site, string schema, bool withForeignKey = true)
    {
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", $"SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || sum(place) FROM {schema}.\"a.b\""), Is.EqualTo("500 500 2750"));
        Assert.That(await CountAsync(site, $"pg_constraint WHERE conrelid = '{schema}.\"a.b\"'::regclass AND contype IN ('p', 'f', 'c')"), Is.EqualTo(withForeignKey ? "3" : "2"));
        Assert.That(await CountAsync(site, "keep.places"), Is.EqualTo("10"));
        Assert.That(await CountAsync(site, "pg_database WHERE datname LIKE 'sispi%'", "postgres"), Is.EqualTo("0"));
        Assert.That(await CountAsync(site, "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relname LIKE 'sispi%' OR nspname LIKE 'sispi%'"), Is.EqualTo("0"));
        Assert.That(await CountAsync(site, "pg_namespace WHERE nspname LIKE 'sispi%'"), Is.EqualTo("0"));
        Assert.That(await CountAsync(site, "pg_stat_activity WHERE application_name LIKE 'sispi-agent restore%'", "postgres"), Is.EqualTo("0"));
    }

    private static Task<string> CountAsync(BackupSite site, string what, string database = "decam_prd") => Sets.TextAsync(site.Server, database, $"SELECT count(*) FROM {what}");
}
