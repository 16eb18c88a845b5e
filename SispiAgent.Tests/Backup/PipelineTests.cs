using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Findings;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class PipelineTests
{
    [Test]
    public async Task A_run_prunes_old_sets_touches_nothing_else_and_posts_one_letter()
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["KeepMonthly"] = 0, ["KeepLast"] = 2 });
        var first = (await site.RunAsync()).Set;
        var old = Age(first, days: 400);
        var older = Age(first, days: 500);
        Directory.CreateDirectory(Path.Combine(site.Origin, "20200101T000000Z"));
        var crashed = Directory.CreateDirectory(Path.Combine(site.Origin, "20250101T000000Z.partial")).FullName;
        await File.WriteAllTextAsync(Path.Combine(crashed, ".sispi-agent"), "");
        Directory.CreateDirectory(Path.Combine(site.Origin, "20250102T000000Z.partial"));
        await Eventually.TrueAsync(() => SetName.For(TimeProvider.System.GetUtcNow()) != first.Manifest.Name, "new second");

        var outcome = await site.RunAsync();

        Assert.That(outcome.Pruned.Select(entry => entry.Set), Is.EquivalentTo(new[] { $"server2/{old}", $"server2/{older}" }));
        Assert.That(site.Folders(), Is.EqualTo(new[] { "20200101T000000Z", "20250102T000000Z.partial", first.Manifest.Name, outcome.Set.Manifest.Name }));
        using var host = site.Open();
        var letters = host.Get<Outbox>().ReadUnbound().Select(posted => posted.Letter!.Subject).ToArray();
        Assert.That(letters, Has.Length.EqualTo(2));
        Assert.That(letters, Has.All.StartsWith("backup of server2 done"));
        var scheduled = host.Get<ScheduledBackup>();
        Assert.That(scheduled.HasRunSince(outcome.Set.Time), Is.True);
        Assert.That(scheduled.HasRunSince(outcome.Set.Time.AddSeconds(1)), Is.False);
    }

    [Test]
    public async Task A_copy_that_has_to_wait_for_another_holds_up_neither_the_letter_nor_the_pruning()
    {
        var nowhere = new JsonObject { ["Address"] = "127.0.0.1", ["SshPort"] = 1, ["SshUser"] = "nobody" };
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["KeepMonthly"] = 0, ["KeepLast"] = 1, ["Destinations"] = new JsonObject { ["nowhere"] = nowhere } });
        var first = (await site.RunAsync()).Set;
        var old = Age(first, days: 400);
        await Eventually.TrueAsync(() => SetName.For(TimeProvider.System.GetUtcNow()) != first.Manifest.Name, "new second");

        BackupOutcome outcome;
        using (FileLock.TryTake(Path.Combine(site.State(), "copy.lock")))
            outcome = await site.RunAsync();

        Assert.That(outcome.CopyProblems.Single(), Does.Contain("nowhere").And.Contain("Another copy runs at present"));
        Assert.That(outcome.Pruned.Select(entry => entry.Set), Does.Contain($"server2/{old}"));
        using var host = site.Open();
        var letter = host.Get<Outbox>().ReadUnbound().Where(posted => posted.Letter is not null).Select(posted => posted.Letter!).Last(written => written.Subject.StartsWith("backup of server2 done", StringComparison.Ordinal));
        Assert.That(letter.Subject, Does.Contain("copy missing"));
        Assert.That(letter.Blocks.OfType<Block.Paragraph>().Select(block => block.Text), Has.Some.Contains("Another copy runs at present").And.Some.Contains("It is tried again by itself"));
        Assert.That(host.Get<AlertBook>().ReadTold().Select(alert => alert.Finding.Code), Is.EqualTo(new[] { BackupPipeline.CopyMissing }));
        Assert.That(host.Get<SetCopies>().Unproven().Select(entry => entry.Set.Id), Does.Contain(outcome.Set.Id), "the next round takes it");
    }

    [Test]
    public async Task Without_any_set_nothing_was_missed_and_the_age_probe_names_the_command()
    {
        await using var site = await BackupSite.StartAsync();
        using var host = site.Open();
        Assert.That(host.Get<ScheduledBackup>().HasRunSince(TimeProvider.System.GetUtcNow()), Is.True);
        var probe = host.Get<IEnumerable<SispiAgent.Findings.IProbe>>().OfType<BackupAgeProbe>().Single();
        var finding = (await probe.RunAsync(default)).Single();
        Assert.That(finding.Code, Is.EqualTo(BackupAgeProbe.None));
        Assert.That(finding.Remedy, Has.Some.Contains("sispi-agent backup run"));
    }

    /// <summary>The same set as if it had been made days ago.</summary>
    private static string Age(BackupSet set, int days)
    {
        var name = SetName.For(set.Time.AddDays(-days));
        var folder = Path.Combine(Path.GetDirectoryName(set.Folder)!, name);
        foreach (var file in Directory.EnumerateFiles(set.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(set.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.WriteAllText(Path.Combine(folder, ManifestFile.Name), ManifestFile.Write(set.Manifest with { Name = name, Started = set.Manifest.Started.AddDays(-days) }));
        return name;
    }
}
