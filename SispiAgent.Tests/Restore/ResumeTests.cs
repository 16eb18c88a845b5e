using System.Diagnostics;
using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Restore;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class ResumeTests
{
    [Test]
    public async Task A_restore_that_is_killed_at_any_step_leaves_no_process_and_goes_on()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        await using var empty = await PostgresServers.StartPrimaryAsync();
        await empty.ExecuteAsync("CREATE ROLE sispi CREATEDB");
        string[] target = ["--config", site.ConfigurationFile(), "--host", empty.SocketDirectory, "--port", empty.Port.ToString(CultureInfo.InvariantCulture), "--user", "postgres"];
        var isFirst = true;
        foreach (var steps in new[] { 2, 6, 9, 12 })
        {
            using var restoring = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, isFirst ? ["restore", .. target] : ["restore", "--resume", "--config", site.ConfigurationFile()]) { RedirectStandardOutput = true })!;
            restoring.BeginOutputReadLine();
            await Eventually.TrueAsync(() => restoring.HasExited || Journal(site.State()).Count(line => line.Contains("\"done\"", StringComparison.Ordinal)) >= steps, $"step {steps}");
            var below = ProcessTree.Below(restoring.Id);
            ProcessSignal.Send(restoring.Id, ProcessSignal.Kill);
            await restoring.WaitForExitAsync();
            await Eventually.TrueAsync(() => below.All(process => !ProcessTree.IsRunning(process)), "end of all children");
            isFirst = false;
        }

        Assert.That(Journal(site.State()), Has.None.Contains("\"end\""), "killed too late to tell anything");
        var resumed = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());

        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Done), resumed.ErrorTail);
        Assert.That(resumed.Output, Does.Contain("tables have the rows that the manifest says").And.Contain("sispi is kept as it is here"), "also what the first run alone has seen");
        Assert.That(await Sets.TextAsync(empty, "decam_prd", "SELECT count(*) FROM exposure.exposure"), Is.EqualTo(await Sets.TextAsync(site.Server, "decam_prd", "SELECT count(*) FROM exposure.exposure")));
        Assert.That(await Sets.TextAsync(empty, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sispi-agent%'"), Is.EqualTo("0"));
        Assert.That(set.Manifest.Databases, Has.Count.GreaterThan(4));
        var nothing = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());
        Assert.That(nothing.ExitCode, Is.EqualTo(ExitCode.Failed));
    }

    [Test]
    public async Task Rows_that_were_committed_just_before_the_kill_are_not_there_twice()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        await using var empty = await PostgresServers.StartPrimaryAsync();
        using var host = site.Open();
        var request = new RestoreRequest(set.Folder, "decam_prd");
        await GlobalsRestore.RunAsync(Target(empty), Path.Combine(set.Folder, "globals.sql"), noTablespaces: true, default);
        using (var journal = RestoreJournal.Begin(host.Get<Restorer>().Journals, request, Sets.To(empty).ToString(), TimeProvider.System))
        {
            foreach (var step in request.Steps(set.Manifest).Where(step => step.Phase is RestorePhase.Definitions or RestorePhase.Rows))
            {
                journal.Started(step.ToString());
                await ToolRunner.RunToSuccessAsync(Target(empty).Tool(step.Program, [.. step.Arguments.SkipLast(1), Path.Combine(set.Folder, step.Arguments[^1])]), default);
                if (step.Phase is RestorePhase.Definitions)
                    journal.Done(step.ToString());
            }
        }

        Assert.That(await Sets.TextAsync(empty, "decam_prd", "SELECT count(*) FROM pg_largeobject_metadata"), Is.Not.EqualTo("0"));
        var outcome = await host.Get<Restorer>().ResumeAsync(_ => Sets.To(empty), new Progress<RestoreProgress>(), default);

        Assert.That(outcome.Problems, Is.Empty);
        Assert.That(outcome.Digests, Is.GreaterThan(10));
    }

    [Test]
    public async Task A_killed_restore_that_made_a_database_step_aside_says_so_when_it_goes_on()
    {
        var (site, _) = await Sets.SampleAsync();
        await using var mine = site;
        await site.Server.ExecuteAsync("CREATE TABLE public.newer (a int)", "decam_prd");
        using (var restoring = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, ["restore", "--database", "decam_prd", "--replace", "--config", site.ConfigurationFile()]) { RedirectStandardOutput = true })!)
        {
            restoring.BeginOutputReadLine();
            await Eventually.TrueAsync(() => restoring.HasExited || Journal(site.State()).Count(line => line.Contains("\"done\"", StringComparison.Ordinal)) >= 2, "definitions");
            var below = ProcessTree.Below(restoring.Id);
            ProcessSignal.Send(restoring.Id, ProcessSignal.Kill);
            await restoring.WaitForExitAsync();
            await Eventually.TrueAsync(() => below.All(process => !ProcessTree.IsRunning(process)), "end of all children");
        }

        Assert.That(Journal(site.State()), Has.None.Contains("\"end\""), "killed too late to tell anything");
        var resumed = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Done), resumed.ErrorTail);
        var aside = await Sets.TextAsync(site.Server, "postgres", "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'decam_prd_before_%'");
        Assert.That(resumed.Output, Does.Contain($"The database decam_prd that was there is kept as {SispiAgent.BackupSets.SqlName.Show(aside)}."));
        Assert.That(await Sets.TextAsync(site.Server, aside, "SELECT count(*) FROM pg_class WHERE relname = 'newer'"), Is.EqualTo("1"));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "SELECT count(*) FROM pg_class WHERE relname = 'newer'"), Is.EqualTo("0"));
    }

    [Test]
    public async Task A_restore_that_was_killed_at_the_renaming_itself_renames_once_and_never_what_it_restored([Values] bool isRenamed)
    {
        var (site, set) = await Sets.SampleAsync("CREATE TABLE public.older (a int)");
        await using var mine = site;
        await site.Server.ExecuteAsync("DROP TABLE public.older", "decam_prd");
        using var host = site.Open();
        var kept = KeptDatabase.Of("decam_prd", TimeProvider.System.GetUtcNow());
        using (var journal = RestoreJournal.Begin(host.Get<Restorer>().Journals, new RestoreRequest(set.Folder, "decam_prd") { Replaces = true }, Sets.To(site.Server).ToString(), TimeProvider.System))
            journal.Keeps(kept);
        if (isRenamed)
            await site.Server.ExecuteAsync(kept.Statement);

        var outcome = await host.Get<Restorer>().ResumeAsync(_ => Sets.To(site.Server), new Progress<RestoreProgress>(), default);

        Assert.That(outcome.Problems, Is.Empty);
        Assert.That(outcome.Remarks, Has.Some.EqualTo(kept.Words));
        Assert.That(await Sets.TextAsync(site.Server, kept.Aside, "SELECT count(*) FROM pg_class WHERE relname = 'older'"), Is.EqualTo("0"));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "SELECT count(*) FROM pg_class WHERE relname = 'older'"), Is.EqualTo("1"));
        Assert.That(await Sets.TextAsync(site.Server, "postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'decam_prd%'"), Is.EqualTo("2"));
    }

    private static RestoreTarget Target(ScratchServer server) => new(Sets.To(server), server.Installation, 150000) { Run = Guid.NewGuid().ToString("N"), Timeout = TimeSpan.FromMinutes(2) };

    [Test]
    public async Task What_the_server_refuses_is_named_and_nothing_of_it_is_left()
    {
        var (site, _) = await Sets.SampleAsync("CREATE FUNCTION public.needed(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE TABLE public.careful (a int); INSERT INTO public.careful VALUES (1)");
        await using var mine = site;
        await using var empty = await PostgresServers.StartPrimaryAsync();
        // whoever makes a table of this name is refused: what any server may have against a set
        await empty.ExecuteAsync("""
            CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%careful%') THEN RAISE 'no such table here'; END IF; END $$;
            CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION public.refuse();
            """, "template1");
        string[] target = ["--config", site.ConfigurationFile(), "--host", empty.SocketDirectory, "--port", empty.Port.ToString(CultureInfo.InvariantCulture), "--user", "postgres"];
        await empty.ExecuteAsync("CREATE DATABASE decam_prd_2 TEMPLATE template1");

        var lacking = await AgentProgram.RunAsync(["restore", "--database", "decam_prd", "--table", "public.careful", "--as", "decam_prd_2", .. target]);
        Assert.That(lacking.ExitCode, Is.EqualTo(ExitCode.Failed), lacking.Output);
        Assert.That(lacking.ErrorTail, Does.Contain("The server lacks roles of the set: dbadmin, ").And.Contain("--roles"));
        var refused = await AgentProgram.RunAsync(["restore", "--database", "decam_prd", "--table", "public.careful", "--as", "decam_prd_2", "--roles", .. target]);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Failed), refused.Output);
        Assert.That(refused.ErrorTail, Does.Contain("careful").And.Contain("no such table here"));
        Assert.That(await Sets.TextAsync(empty, "decam_prd_2", "SELECT count(*) FROM pg_class WHERE relname = 'careful'"), Is.EqualTo("0"));
        Assert.That(await Sets.TextAsync(empty, "postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'sispi%'"), Is.EqualTo("0"));
    }

    private static string[] Journal(string state)
    {
        var folder = Path.Combine(state, "restores");
        if (!Directory.Exists(folder) || Directory.GetFiles(folder) is not [var file])
            return [];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(stream).ReadToEnd().Split('\n');
    }
}
