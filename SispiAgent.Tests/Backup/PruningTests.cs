using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

internal sealed class PruningTests
{
    private static readonly JsonObject Few = new() { ["KeepLast"] = 2, ["KeepMonthly"] = 0, ["CopyRequired"] = false };

    [Test]
    public void A_removal_is_recorded_with_reason_and_replacement_and_told_in_one_letter()
    {
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8, 400, 500 })
            disk.Make(days);
        using var host = disk.Open();

        var outcome = host.Get<Pruning>().RunAndTell();

        Assert.That(outcome.Problems, Is.Empty);
        Assert.That(Here(disk), Is.EquivalentTo(new[] { disk.Id(1), disk.Id(8) }));
        var recorded = host.Get<DeletionBook>().ReadAll();
        Assert.That(recorded.Select(deletion => (deletion.Set, deletion.Replacement)), Is.EqualTo(new[] { (disk.Id(500), disk.Id(8)), (disk.Id(400), disk.Id(8)) }));
        Assert.That(recorded, Has.All.Property(nameof(SetDeletion.Completed)).Not.Null.And.All.Property(nameof(SetDeletion.Reason)).Contains("newer verified sets").And.All.Property(nameof(SetDeletion.Bytes)).GreaterThan(0));
        Assert.That(host.Get<Outbox>().ReadUnbound().Select(posted => posted.Letter!.Subject).Single(), Does.StartWith("server2: 2 old backup sets removed"));
        Assert.That(host.Get<Pruning>().RunAndTell().Removed, Is.Empty);
        Assert.That(host.Get<Outbox>().ReadUnbound(), Has.Count.EqualTo(1), "nothing removed, nothing told");
    }

    [Test]
    public void Nothing_is_touched_that_is_not_a_set_of_this_cluster()
    {
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8 })
            disk.Make(days);
        disk.Make(400, systemIdentifier: "another cluster");
        disk.Make(410, change: manifest => manifest with { IsFromFormerPrimary = true });
        var cut = disk.Make(420);
        File.WriteAllText(Path.Combine(cut, "globals.sql"), ""); // not the size that the manifest says
        var renamed = disk.Make(430);
        Directory.Move(renamed, renamed + ".kept-by-somebody");
        Directory.CreateDirectory(Path.Combine(disk.Sets, "server2", SetName.For(KeepingHost.Now.AddDays(-440))));
        Directory.CreateDirectory(Path.Combine(disk.Sets, "notes"));
        File.WriteAllText(Path.Combine(disk.Sets, "server2", "README"), "");
        var elsewhere = disk.Make(450);
        Directory.Move(elsewhere, Path.Combine(disk.Sets, "moved"));
        Directory.CreateSymbolicLink(elsewhere, Path.Combine(disk.Sets, "moved"));
        var before = Everything(disk);

        using var host = disk.Open();
        var outcome = host.Get<Pruning>().Run();

        Assert.That(outcome.Removed, Is.Empty);
        Assert.That(outcome.Problems.Single(), Does.Contain("is a link to"));
        Assert.That(Everything(disk), Is.EqualTo(before));
    }

    [Test]
    public void A_set_that_a_required_destination_was_not_seen_to_have_stays_here()
    {
        var backup = (JsonObject)Few.DeepClone();
        backup["Destinations"] = new JsonObject { ["fnal"] = new JsonObject { ["Address"] = "127.0.0.1", ["SshUser"] = "sets", ["Required"] = true }, ["tape"] = new JsonObject { ["Address"] = "127.0.0.1", ["SshUser"] = "sets" } };
        using var disk = new KeepingHost(backup: backup);
        foreach (var days in new[] { 1, 8, 400, 500 })
            disk.Make(days);
        using var host = disk.Open();
        foreach (var days in new[] { 1, 8, 400 })
            host.Get<SetMarks>().Record(disk.Id(days), "fnal", problem: null);
        host.Get<SetMarks>().Record(disk.Id(500), "tape", problem: null);

        Assert.That(host.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(400) }));
        Assert.That(host.Get<Pruning>().Plan()[^1].Reason, Does.Contain("copy"));

        host.Get<SetMarks>().Record(disk.Id(500), "fnal", problem: null);
        Assert.That(host.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(500) }));
    }

    [Test]
    public void A_pin_outlives_the_agents_database_and_is_no_stranger_in_the_set()
    {
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8, 400, 500 })
            disk.Make(days);
        var old = Path.Combine(disk.Sets, disk.Id(400));
        SetPins.Pin(old, "before the upgrade", KeepingHost.Now);
        File.WriteAllText(Path.Combine(disk.Sets, disk.Id(500)) + ".pin", "garbage: somebody pinned it, by hand or badly");
        using (var host = disk.Open())
        {
            Assert.That(host.Get<Pruning>().Run().Removed, Is.Empty);
            Assert.That(host.Get<Pruning>().Plan()[2].Reason, Is.EqualTo("pinned: before the upgrade"));
            Assert.That(host.Get<Pruning>().Plan()[3].Reason, Does.StartWith("pinned: its pin can't be read"));
        }

        File.Delete(disk.Database);
        Assert.That(async () => await SetVerification.VerifyAsync(old, default), Is.Empty);
        using var again = disk.Open();
        Assert.That(again.Get<Pruning>().Run().Removed, Is.Empty);
        Assert.That(SetPins.Unpin(old), Is.True);
        Assert.That(again.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(400) }));
    }

    [Test]
    public async Task A_set_that_is_being_restored_is_kept_until_that_ends_and_it_is_said_why()
    {
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8, 400, 500 })
            disk.Make(days);
        using var host = disk.Open();
        var folder = Path.Combine(disk.Sets, disk.Id(400));
        using (await SetHold.TakeAsync(folder, "a restore", TimeProvider.System, default))
        {
            var dry = await AgentProgram.RunAsync("backup", "prune", "--dry-run", "--config", disk.ConfigurationFile);
            Assert.That(dry.Output, Does.Match($"keep    {disk.Id(400)}: it is being read: a restore, process {Environment.ProcessId}, since .* UTC. The next pruning removes it").And.Contains($"remove  {disk.Id(500)}"));
            using (await SetHold.TakeAsync(folder, "a drill", TimeProvider.System, default))
                Assert.That(host.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(500) }));
            Assert.That(host.Get<Pruning>().Run().Removed, Is.Empty, "one of two has ended");
            Assert.That(await SetVerification.VerifyAsync(folder, default), Is.Empty);
        }

        Assert.That(host.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(400) }));
        Assert.That(Directory.GetFiles(Path.Combine(disk.Sets, "server2"), "*.hold"), Is.Empty);
        Assert.That((await Assert.ThrowsAsync<AgentException>(() => SetHold.TakeAsync(folder, "a restore", TimeProvider.System, default)))!.Message, Does.Contain("is not there any more"));
    }

    [Test]
    public async Task A_set_that_is_checked_or_copied_is_kept_until_that_ends()
    {
        Requires.Program("/usr/bin/mkfifo");
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8, 400 })
            disk.Make(days);
        using var host = disk.Open();
        var folder = Path.Combine(disk.Sets, disk.Id(400));
        var globals = Path.Combine(folder, "globals.sql");
        var content = await File.ReadAllBytesAsync(globals);
        File.Delete(globals);
        await ToolRunner.RunToSuccessAsync(new ToolCommand("mkfifo", [globals]), default); // whoever reads it waits for the test

        var verifying = AgentProgram.RunAsync("backup", "verify", disk.Id(400), "--config", disk.ConfigurationFile);
        await Eventually.TrueAsync(() => SetHold.Holder(folder)?.StartsWith("backup verify, process ", StringComparison.Ordinal) is true || verifying.IsCompleted, "verification that reads");
        Assert.That(SetHold.TryTakeForRemoval(folder), Is.Null);
        await File.WriteAllBytesAsync(globals, content);
        Assert.That((await verifying).Output, Does.Contain("files are as they were written"), (await verifying).ErrorTail);

        File.Delete(globals);
        await File.WriteAllBytesAsync(globals, content);
        Assert.That(host.Get<Pruning>().Plan()[2].IsKept, Is.False);
        var place = new LookingPlace(() => host.Get<Pruning>().Run().Removed.Count);
        await host.Get<SetCopies>().CopyAsync(SetCatalog.Find(disk.Sets, disk.Id(400)), [place], new Progress<BackupProgress>(), default);
        Assert.That(place.Removed, Is.Zero);
        Assert.That(host.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(400) }));
    }

    [Test]
    public void A_removal_that_broke_is_finished_by_the_next_run_and_recorded()
    {
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8, 400, 500, 600 })
            disk.Make(days);
        using var host = disk.Open();
        var book = host.Get<DeletionBook>();
        // killed after the record: nothing has happened to the set, and by now it is pinned
        book.Intend(disk.Id(400), "first reason", disk.Id(8), 1);
        SetPins.Pin(Path.Combine(disk.Sets, disk.Id(400)), "", KeepingHost.Now);
        // killed in the middle of the files: the manifest is always the last
        book.Intend(disk.Id(500), "second reason", disk.Id(8), 2);
        File.Delete(Path.Combine(SetRemoval.Begin(Path.Combine(disk.Sets, disk.Id(500))), "globals.sql"));
        // killed in the middle, and agent.db lost since
        File.Delete(Path.Combine(SetRemoval.Begin(Path.Combine(disk.Sets, disk.Id(600))), "globals.sql"));
        Assert.That(Here(disk), Is.EquivalentTo(new[] { disk.Id(1), disk.Id(8), disk.Id(400) }), "half a set is none");

        var outcome = host.Get<Pruning>().Run();

        Assert.That(outcome.Removed.Select(set => set.Set), Is.EquivalentTo(new[] { disk.Id(500), disk.Id(600) }));
        Assert.That(Directory.GetDirectories(Path.Combine(disk.Sets, "server2"), "*.removing"), Is.Empty);
        Assert.That(book.ReadAll().Select(deletion => (deletion.Set, deletion.Reason, IsDone: deletion.Completed is not null)),
            Is.EqualTo(new[] { (disk.Id(600), "its removal had been begun; the record of why was lost", true), (disk.Id(500), "second reason", true) }));
    }

    [Test]
    public void A_set_that_cannot_be_removed_is_a_problem_that_the_next_run_goes_on_with()
    {
        Requires.That(!OperatingSystem.IsWindows() && Environment.UserName != "root", "an ordinary user: root may remove everything");
        using var disk = new KeepingHost(backup: Few);
        foreach (var days in new[] { 1, 8, 400, 500 })
            disk.Make(days);
        var inner = Directory.CreateDirectory(Path.Combine(disk.Sets, disk.Id(400), "configuration")).FullName;
        File.WriteAllText(Path.Combine(inner, "x"), "");
        File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var host = disk.Open();

        var outcome = host.Get<Pruning>().Run();

        Assert.That(outcome.Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(500) }), "one that fails does not hold up the others");
        Assert.That(outcome.Problems.Single(), Does.StartWith(disk.Id(400)));
        Assert.That(host.Get<DeletionBook>().ReadAll().Single(deletion => deletion.Set == disk.Id(400)), Has.Property(nameof(SetDeletion.Completed)).Null.And.Property(nameof(SetDeletion.Problem)).Not.Null);
        File.SetUnixFileMode(Path.Combine(disk.Sets, disk.Id(400) + ".removing", "configuration"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.That(host.Get<Pruning>().Run().Removed.Select(set => set.Set), Is.EqualTo(new[] { disk.Id(400) }));
    }

    /// <summary>A place that prunes while it takes a copy, as another process may at any time.</summary>
    private sealed class LookingPlace(Func<int> prune) : ICopyPlace
    {
        public string Name => "elsewhere";

        public string Where => "elsewhere";

        public int? Removed { get; private set; }

        public Task<string?> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
        {
            Removed = prune();
            return Task.FromResult<string?>("it is only looked at");
        }
    }

    private static IEnumerable<string> Here(KeepingHost disk) => SetCatalog.Read(disk.Sets).Select(set => set.Id);

    private static string[] Everything(KeepingHost disk) => [.. Directory.EnumerateFileSystemEntries(disk.Sets, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
