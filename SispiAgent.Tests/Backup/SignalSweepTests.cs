using System.Diagnostics;
using System.Text.Json.Nodes;
using SispiAgent.BackupSets;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>The real program, struck by a signal at the steps that it tells: no half set, older ones as they were, and each run cleans up what the one before it left.</summary>
[Category("Postgres")]
internal sealed class SignalSweepTests
{
    private const string Sessions = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'sispi-agent%'";
    private const string Locks = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'";

    // each takes every second step: a run in this process is cancelled at every one, in SafetyTests
    [TestCase(ProcessSignal.Terminate, 0)]
    [TestCase(ProcessSignal.Kill, 1)]
    public async Task A_signal_at_a_step_leaves_no_half_set_and_nothing_that_the_next_run_does_not_clean_up(int signal, int first)
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["Parallel"] = 2, ["KeepLast"] = 1000 });
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync("CREATE TABLE small AS SELECT generate_series(1, 1000) AS id; CREATE SCHEMA two; CREATE TABLE two.small AS SELECT * FROM small", "decam_prd");
        var (steps, code) = await RunAsync(site, strikeAt: null, signal);
        Assert.That(code, Is.Zero);
        Assert.That(steps, Has.Count.GreaterThan(15));
        var older = site.Catalog().Single();
        var hashes = Hashes(older);

        foreach (var step in steps.Where((_, index) => index % 2 == first))
        {
            var (_, struck) = await RunAsync(site, step, signal);
            var sets = site.Catalog();
            // a signal in the last moment finds the run done
            Assert.That(struck != 0 || sets.Count > 1, Is.True, $"{step}: ended with 0 and made no set");
            foreach (var set in sets)
                Assert.That(await SetVerification.VerifyAsync(set.Folder, default), Is.Empty, $"{step}: {set.Id}");
            Assert.That(Hashes(older), Is.EqualTo(hashes), step);
            Assert.That(site.Folders().Count(folder => folder.EndsWith(SetName.Partial, StringComparison.Ordinal)), Is.LessThanOrEqualTo(signal == ProcessSignal.Kill ? 1 : 0), step);
            if (signal == ProcessSignal.Terminate)
                await AssertQuietAsync(site, step);
            foreach (var made in sets.Where(set => set.Id != older.Id))
                Directory.Delete(made.Folder, recursive: true);
        }

        Assert.That((await RunAsync(site, strikeAt: null, signal)).ExitCode, Is.Zero);
        Assert.That(site.Folders(), Has.Length.EqualTo(2).And.None.EndsWith(SetName.Partial));
        await AssertQuietAsync(site, "the last run");
    }

    /// <summary>Runs the program and strikes when it tells a step.</summary>
    private static async Task<(List<string> Steps, int ExitCode)> RunAsync(BackupSite site, string? strikeAt, int signal)
    {
        using var agent = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, ["backup", "run", "--config", site.ConfigurationFile()]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = agent.StandardError.ReadToEndAsync();
        List<string> steps = [];
        while (await agent.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(": ", StringComparison.Ordinal) && !steps.Contains(line) && !line.StartsWith(' '))
                steps.Add(line);
            if (line == strikeAt)
                ProcessSignal.Send(agent.Id, signal);
        }

        await agent.WaitForExitAsync();
        await errors;
        return (steps, agent.ExitCode);
    }

    private static async Task AssertQuietAsync(BackupSite site, string when)
    {
        await Eventually.TrueAsync(async () => await site.TextAsync(Sessions) == "0" && await site.TextAsync(Locks) == "0", $"end of all sessions after {when}");
        await Eventually.TrueAsync(() => !Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)).Any(folder => Read(folder, "cmdline").Contains(site.Origin, StringComparison.Ordinal) || (Read(folder, "cmdline").Contains("pg_dump\0", StringComparison.Ordinal) && Read(folder, "environ").Contains(site.Server.SocketDirectory, StringComparison.Ordinal))), $"end of all child processes after {when}");
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string[] Hashes(BackupSet set) => [.. Directory.EnumerateFiles(set.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")];
}
