using System.Security.Cryptography;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>A copy over a line that is cut in the middle of a large file: real ssh, real rsync, the far host's own agent.</summary>
[Category("Ssh")]
internal sealed class ResumedCopyTests
{
    private const int Large = 60 << 20;

    [Test]
    public async Task A_copy_that_was_cut_off_in_the_middle_of_a_large_file_goes_on_where_it_stopped()
    {
        Requires.Program("/usr/bin/rrsync");
        await using var hosts = await PeerHosts.StartAsync();
        var set = await MakeAsync(hosts);
        var copies = hosts.Here.Get<SetCopies>();
        var partial = Path.Combine(hosts.FarBackups, $"{set.Id}.partial");

        var first = copies.CopyAsync(set, new Progress<BackupProgress>(), default);
        await Eventually.TrueAsync(() => Arrived(partial) > Large / 2 || first.IsCompleted, "half of the large file");
        hosts.Way.Cut();
        Assert.That((await first).Single().Problem, Does.StartWith("The copy to there failed"));
        Assert.That(SetCatalog.Read(hosts.FarBackups), Is.Empty);
        var kept = Arrived(partial);
        Assert.That(kept, Is.GreaterThan(Large / 4));

        // cut off once more, early: what the first try brought is not lost by it
        hosts.Way.Open();
        var start = hosts.Way.Sent;
        var second = copies.CopyAsync(set, new Progress<BackupProgress>(), default);
        await Eventually.TrueAsync(() => hosts.Way.Sent - start > 1 << 20 || second.IsCompleted, "beginning of the second try");
        hosts.Way.Cut();
        Assert.That((await second).Single().Problem, Is.Not.Null);
        Assert.That(Arrived(partial), Is.GreaterThanOrEqualTo(kept));

        hosts.Way.Open();
        var before = hosts.Way.Sent;
        Assert.That((await copies.CopyAsync(set, new Progress<BackupProgress>(), default)).Single().Problem, Is.Null);

        var sent = hosts.Way.Sent - before;
        await TestContext.Out.WriteLineAsync($"large file {Large} bytes, kept after the cut {kept}, sent by the third try {sent}");
        Assert.That(sent, Is.LessThan(Large - kept + (2 << 20)));
        var copy = SetCatalog.Read(hosts.FarBackups).Single();
        Assert.That(await SetVerification.VerifyAsync(copy.Folder, default), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(copy.Folder).Select(Path.GetFileName), Is.EquivalentTo(Directory.GetFileSystemEntries(set.Folder).Select(Path.GetFileName)), "no mark, no part is left in it");
        Assert.That(copies.Unproven(), Is.Empty);
    }

    [Test]
    public async Task Retries_go_on_with_the_next_place_and_the_next_set_and_tell_the_newest_failure()
    {
        Requires.Program("/usr/bin/rrsync");
        await using var hosts = await PeerHosts.StartAsync(more: """
            , "Backup": { "Destinations": { "nowhere": { "Address": "127.0.0.1", "SshPort": 1, "SshUser": "nobody" } } }
            """);
        var older = MadeSet.Make(hosts.Backups, "here", KeepingHost.Now.AddDays(-8));
        MadeSet.Make(hosts.Backups, "here", KeepingHost.Now.AddDays(-1));

        var isAll = await hosts.Here.Get<BackupPipeline>().CopyMissingAsync(default);

        Assert.That(isAll, Is.False);
        Assert.That(SetCatalog.Read(hosts.FarBackups), Has.Count.EqualTo(2), "a place that is not there holds up no other");
        Assert.That(hosts.Here.Get<SetCopies>().Unproven().Select(entry => entry.Places.Single().Name), Is.EqualTo(new[] { "nowhere", "nowhere" }));
        var told = hosts.Here.Get<SispiAgent.Alerts.AlertBook>().ReadTold().Single().Finding;
        Assert.That(told.Code, Is.EqualTo(BackupPipeline.CopyMissing));
        Assert.That(told.Evidence, Has.Some.Contains("nowhere").And.None.Contains(Path.GetFileName(older)));
    }

    private static long Arrived(string partial) => new FileInfo(Path.Combine(partial, "large.bin")) is { Exists: true } part ? part.Length : 0;

    private static Task<BackupSet> MakeAsync(PeerHosts hosts)
    {
        var content = new byte[Large];
        RandomNumberGenerator.Fill(content);
        MadeSet.Make(hosts.Backups, "here", KeepingHost.Now, more: ("large.bin", content));
        return Task.FromResult(SetCatalog.Read(hosts.Backups).Single());
    }
}
