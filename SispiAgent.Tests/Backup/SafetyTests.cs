using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>Whatever breaks a run: no set comes of it, the older ones are untouched, nothing is left, the next run works, and the finding says where it broke.</summary>
[Category("Postgres")]
internal sealed class SafetyTests
{
    private const string Sessions = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'sispi-agent%'";
    private const string Locks = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'";

    [Test]
    public async Task A_run_that_is_cancelled_at_any_of_its_steps_leaves_nothing()
    {
        await using var site = await StartAsync();
        List<string> steps = [];
        var older = (await site.RunAsync(new Told(progress => steps.Add($"{progress.Unit}: {progress.Step}")))).Set;
        foreach (var step in steps.Distinct())
        {
            using var cancel = new CancellationTokenSource();
            var run = site.RunAsync(new Told(progress =>
            {
                if ($"{progress.Unit}: {progress.Step}" == step)
                    cancel.Cancel();
            }), cancel.Token);
            await Assert.ThatAsync(() => run, Throws.InstanceOf<OperationCanceledException>(), step);
            await AssertUntouchedAsync(site, older, step);
        }

        Assert.That(steps.Distinct().Count(), Is.GreaterThan(15));
        await AssertNextWorksAsync(site, older);
    }

    [Test]
    public async Task A_server_that_crashes_in_the_middle_leaves_no_set()
    {
        await using var site = await StartAsync();
        var older = (await site.RunAsync()).Set;
        var failure = await BreakAsync<BackupFailedException>(site, "dumps", () => site.Server.KillAsync(default).GetAwaiter().GetResult());
        Assert.That(failure.Unit, Does.StartWith("decam_prd").Or.EqualTo("postgres").Or.EqualTo("advisory lock"), "whichever met it first: several were at work");
        await site.Server.StartAsync(default);
        await AssertUntouchedAsync(site, older, "crash");
        await AssertNextWorksAsync(site, older);
    }

    [Test]
    public async Task A_lost_snapshot_makes_the_attempt_begin_again()
    {
        await using var site = await StartAsync();
        var isDone = false;
        var manifest = (await site.RunAsync(new Told(progress =>
        {
            if (isDone || progress is not { Unit: "decam_prd", Step: "its files are dumped" })
                return;
            isDone = true;
            site.Server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'decam_prd' AND application_name LIKE 'sispi-agent%'").GetAwaiter().GetResult();
        }))).Set.Manifest;
        Assert.That(manifest.Databases.Single(database => database.Name == "decam_prd").Attempts, Is.EqualTo(2));
        Assert.That(manifest.Remarks, Has.Some.Contains("The session that held its snapshot was ended."));
    }

    [Test]
    public async Task A_lost_advisory_lock_ends_the_run()
    {
        await using var site = await StartAsync();
        var older = (await site.RunAsync()).Set;
        var failure = await BreakAsync<BackupFailedException>(site, "dumps", () =>
        {
            site.Server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'").GetAwaiter().GetResult();
            Eventually.TrueAsync(async () => await site.TextAsync(Locks) == "0", "end of the lock").GetAwaiter().GetResult();
            Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System).GetAwaiter().GetResult(); // the run looks every two seconds
        });
        Assert.That(failure.Unit, Is.EqualTo("advisory lock"));
        await AssertUntouchedAsync(site, older, "advisory lock");
        await AssertNextWorksAsync(site, older);
    }

    [TestCase("dumps")]
    [TestCase("is read back to its end")]
    public async Task A_destination_that_is_deleted_in_the_middle_fails_the_run_alone(string step)
    {
        await using var site = await StartAsync();
        var older = (await site.RunAsync()).Set;
        await BreakAsync<BackupFailedException>(site, step, () => Directory.Delete(Directory.EnumerateDirectories(site.Origin, "*.partial").Single(), recursive: true));
        await AssertUntouchedAsync(site, older, step);
        await AssertNextWorksAsync(site, older);
    }

    [Test]
    public async Task A_role_without_rights_is_refused_before_the_first_byte_and_the_tables_are_named()
    {
        await using var site = await StartAsync();
        await site.Server.ExecuteAsync("CREATE ROLE reader LOGIN");
        await site.Server.ExecuteAsync("CREATE SCHEMA \"Closed\"; CREATE TABLE \"Closed\".secret (id int); GRANT SELECT ON small TO reader", "decam_prd");
        site.Edit(root => root["Postgres"]!["LocalUser"] = "reader");
        var refusal = await Assert.ThrowsAsync<AgentException>(() => site.RunAsync());
        Assert.That(refusal!.Message, Does.Contain("It may not read: decam_prd: \"Closed\".secret"));
        Assert.That(refusal.Message, Does.Not.Contain("small"));
        Assert.That(site.Folders(), Is.Empty);
    }

    [Test]
    public void Too_little_space_is_refused_with_both_sizes() => Assert.That(() => Preflight.CheckSpace(Path.GetTempPath(), long.MaxValue), Throws.InstanceOf<AgentException>().With.Message.Contains("free, and a set may need 8192 PB"));

    [Test]
    public async Task Nobody_else_can_read_a_set_and_no_secret_is_in_an_argument()
    {
        const string secret = "tr0ub4dor-and-3";
        await using var site = await StartAsync();
        await site.Server.ExecuteAsync($"ALTER ROLE postgres PASSWORD '{secret}'");
        var passFile = Path.Combine(site.Folder, "pgpass");
        await File.WriteAllTextAsync(passFile, $"*:*:*:*:{secret}\n");
        File.SetUnixFileMode(passFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        site.Edit(root =>
        {
            root["Postgres"]!["PassFile"] = passFile;
            root["Cluster"]!["Nodes"]!["server2"]!["SocketDirectory"] = "";
            root["Postgres"]!["RemoteUser"] = "postgres";
        });
        List<string> seen = [];
        var set = (await site.RunAsync(new Told(progress =>
        {
            if (progress.Step == "dumps")
                seen.AddRange(CommandLines());
        }))).Set;
        Assert.That(seen.Where(line => line.Contains(secret, StringComparison.Ordinal)), Is.Empty);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(set.Folder, ManifestFile.Name)), Does.Not.Contain(secret));
        foreach (var entry in Directory.EnumerateFileSystemEntries(set.Folder, "*", SearchOption.AllDirectories).Append(set.Folder))
            Assert.That(File.GetUnixFileMode(entry) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), Is.EqualTo(UnixFileMode.None), entry);
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            yield return line;
        }
    }

    private static async Task<T> BreakAsync<T>(BackupSite site, string step, Action strike) where T : Exception
    {
        var isDone = false;
        return (await Assert.ThrowsAsync<T>(() => site.RunAsync(new Told(progress =>
        {
            if (isDone || !progress.Unit.StartsWith("decam_prd, schema", StringComparison.Ordinal) || progress.Step != step)
                return;
            isDone = true;
            strike();
        }))))!;
    }

    private static async Task AssertUntouchedAsync(BackupSite site, BackupSet older, string where)
    {
        Assert.That(site.Folders(), Is.EqualTo(new[] { older.Manifest.Name }), where);
        Assert.That(await SetVerification.VerifyAsync(older.Folder, default), Is.Empty, where);
        await Eventually.TrueAsync(async () => await site.TextAsync(Sessions) == "0" && await site.TextAsync(Locks) == "0", $"end of all sessions after {where}");
        using var host = site.Open();
        Assert.That(host.Get<AlertBook>().ReadTold().Select(alert => alert.Finding.Code), Is.EqualTo(new[] { BackupPipeline.Failed }), where);
    }

    private static async Task AssertNextWorksAsync(BackupSite site, BackupSet older)
    {
        await Eventually.TrueAsync(() => SetName.For(TimeProvider.System.GetUtcNow()) != older.Manifest.Name, "new second");
        var next = (await site.RunAsync()).Set;
        Assert.That(site.Folders(), Is.EqualTo(new[] { older.Manifest.Name, next.Manifest.Name }));
        using var host = site.Open();
        Assert.That(host.Get<AlertBook>().ReadTold(), Is.Empty);
    }

    private static async Task<BackupSite> StartAsync()
    {
        var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false });
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync("CREATE TABLE small AS SELECT generate_series(1, 1000) AS id; CREATE TABLE other (id int)", "decam_prd");
        return site;
    }
}
