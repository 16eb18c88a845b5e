using System.Diagnostics;
using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class BrokenRunTests
{
    private const string Ours = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'sispi-agent%'";

    [TestCase(ProcessSignal.Terminate)]
    [TestCase(ProcessSignal.Kill)]
    public async Task A_run_that_gets_a_signal_leaves_no_set_and_the_next_one_works(int signal)
    {
        await using var site = await StartAsync();
        var older = (await site.RunAsync()).Set;
        using var agent = StartAgent(site);
        var dump = await CatchDumpAsync(agent.Id);
        ProcessSignal.Send(agent.Id, signal);
        if (signal == ProcessSignal.Terminate)
            ProcessSignal.Send(dump, ProcessSignal.Continue);
        await agent.WaitForExitAsync();
        if (signal == ProcessSignal.Kill)
            ProcessSignal.Send(dump, ProcessSignal.Continue); // nobody is left to end it: the next run does

        Assert.That(agent.ExitCode, Is.Not.Zero);
        Assert.That(site.Catalog().Select(set => set.Id), Is.EqualTo(new[] { older.Id }));
        Assert.That(await SetVerification.VerifyAsync(older.Folder, default), Is.Empty);
        if (signal == ProcessSignal.Terminate)
        {
            Assert.That(ProcessSignal.IsRunning(dump), Is.False);
            Assert.That(site.Folders(), Is.EqualTo(new[] { older.Manifest.Name }));
        }

        var next = (await site.RunAsync()).Set;
        Assert.That(site.Folders(), Is.EqualTo(new[] { older.Manifest.Name, next.Manifest.Name }));
        await Eventually.TrueAsync(() => !ProcessSignal.IsRunning(dump), "end of the killed run's pg_dump");
        await Eventually.TrueAsync(async () => await site.TextAsync(Ours) == "0", "end of the run's sessions");
    }

    [Test]
    public async Task A_primary_that_does_not_answer_is_a_refusal_that_says_so()
    {
        await using var site = await StartAsync();
        site.Server.Freeze();
        try
        {
            Assert.That(async () => await site.RunAsync(), Throws.InstanceOf<AgentException>().With.Message.Contains("PostgreSQL on server2 could not be asked"));
        }
        finally
        {
            site.Server.Thaw();
        }

        using var host = site.Open();
        Assert.That(host.Get<AlertBook>().ReadTold().Single().Finding.Evidence, Has.Some.Contains("could not be asked"));
        Assert.That(site.Folders(), Is.Empty);
    }

    [Test]
    public async Task A_killed_pg_dump_fails_the_run_names_the_unit_and_is_mailed()
    {
        await using var site = await StartAsync();
        var older = (await site.RunAsync()).Set;
        using var agent = StartAgent(site);
        ProcessSignal.Send(await CatchDumpAsync(agent.Id), ProcessSignal.Kill);
        await agent.WaitForExitAsync();

        Assert.That(agent.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(await agent.StandardError.ReadToEndAsync(), Does.Contain("decam_prd, schema public"));
        Assert.That(site.Folders(), Is.EqualTo(new[] { older.Manifest.Name }));
        Assert.That(await site.TextAsync(Ours), Is.EqualTo("0"));
        using (var host = site.Open())
        {
            var told = host.Get<AlertBook>().ReadTold();
            Assert.That(told.Select(alert => alert.Finding.Code), Is.EqualTo(new[] { BackupPipeline.Failed }));
            Assert.That(told[0].Finding.Summary, Does.Contain("decam_prd, schema public"));
        }

        await site.RunAsync();
        using var after = site.Open();
        Assert.That(after.Get<AlertBook>().ReadTold(), Is.Empty);
    }

    [Test]
    public async Task A_session_that_waits_behind_the_dump_makes_the_attempt_begin_again()
    {
        await using var site = await StartAsync(new JsonObject { ["Patience"] = "00:00:01", ["Attempts"] = 2 });
        using var agent = StartAgent(site);
        var dump = await CatchDumpAsync(agent.Id);
        // the dump is frozen and holds its locks; this waits until the attempt is given up, and a new one begins
        var altering = site.Server.ExecuteAsync("ALTER TABLE big ADD COLUMN extra int", "decam_prd");
        await altering;
        Assert.That(ProcessSignal.IsRunning(dump), Is.False);
        await agent.WaitForExitAsync();

        Assert.That(agent.ExitCode, Is.Zero, await agent.StandardError.ReadToEndAsync());
        var database = site.Catalog().Single().Manifest.Databases.Single(entry => entry.Name == "decam_prd");
        Assert.That(database.Attempts, Is.EqualTo(2));
        Assert.That(site.Catalog().Single().Manifest.Remarks, Has.Some.Contains("waited behind it"));
    }

    [Test]
    public async Task A_table_that_somebody_has_locked_fails_the_run_after_its_attempts()
    {
        await using var site = await StartAsync(new JsonObject { ["LockTimeout"] = "00:00:01", ["Attempts"] = 2 });
        await using var other = await site.Server.OpenAsync("decam_prd", default);
        await using var locking = new Npgsql.NpgsqlCommand("BEGIN; LOCK TABLE big IN ACCESS EXCLUSIVE MODE", other);
        await locking.ExecuteNonQueryAsync();
        var failure = await Assert.ThrowsAsync<BackupFailedException>(() => site.RunAsync());
        Assert.That(failure!.Unit, Is.EqualTo("decam_prd"));
        Assert.That(failure.Message, Does.Contain($"(process {other.ProcessID})"), "who has locked it");
        Assert.That(site.Folders(), Is.Empty);
    }

    [Test]
    public async Task Two_runs_at_once_are_refused()
    {
        await using var site = await StartAsync();
        using var agent = StartAgent(site);
        var dump = await CatchDumpAsync(agent.Id);
        var refused = await Assert.ThrowsAsync<BackupBusyException>(() => site.RunAsync());
        Assert.That(refused!.Hint, Does.Contain("pg_stat_activity"));
        ProcessSignal.Send(dump, ProcessSignal.Continue);
        await agent.WaitForExitAsync();
        Assert.That(agent.ExitCode, Is.Zero, await agent.StandardError.ReadToEndAsync());
    }

    private static async Task<BackupSite> StartAsync(JsonObject? backup = null)
    {
        var site = await BackupSite.StartAsync(backup);
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync("CREATE TABLE big AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) AS text FROM generate_series(1, 400000) g", "decam_prd");
        return site;
    }

    private static Process StartAgent(BackupSite site) => Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, ExecutableFile.Name("SispiAgent")), ["--config", site.ConfigurationFile(), "backup", "run"])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Freezes the run's pg_dump of the large table as soon as it is there, so that it is caught in the middle on any machine.</summary>
    private static async Task<int> CatchDumpAsync(int agent)
    {
        int? caught = null;
        await Eventually.TrueAsync(() =>
        {
            var begin = Stopwatch.GetTimestamp();
            while (caught is null && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMilliseconds(80))
            {
                foreach (var child in ProcessTree.Below(agent).Where(child => CommandLine(child.Id) is var line && line.Contains("--schema=\"public\"", StringComparison.Ordinal) && line.Contains("pg_dump\0", StringComparison.Ordinal)))
                    caught = ProcessSignal.Send(child.Id, ProcessSignal.Stop) ? child.Id : null;
            }

            return caught is not null;
        }, "pg_dump of the run");
        return caught!.Value;
    }

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
