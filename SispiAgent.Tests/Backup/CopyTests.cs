using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Findings;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class CopyTests
{
    [Test]
    public async Task The_other_host_gets_a_copy_over_ssh_checks_it_and_a_failed_copy_is_made_up_for()
    {
        await using var hosts = await CopyingHosts.StartAsync();
        var (site, ssh) = (hosts.Site, hosts.Ssh);

        await ssh.StopAsync();
        var first = await site.RunAsync();
        Assert.That(first.CopyProblems, Has.Count.EqualTo(1));
        Assert.That(Told(site), Is.EqualTo(new[] { BackupPipeline.CopyMissing }));

        await ssh.ListenAsync(default);
        using (var host = site.Open())
            Assert.That(await host.Get<BackupPipeline>().CopyAsync(first.Set, new Progress<BackupProgress>(), default), Is.Empty);
        Assert.That(Told(site), Is.Empty);
        var copy = SetCatalog.Read(site.Copies).Single();
        Assert.That(copy.Id, Is.EqualTo(first.Set.Id));
        Assert.That(await SetVerification.VerifyAsync(copy.Folder, default), Is.Empty);
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(copy.Folder), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));

        // a copy that rots there is made anew when it is asked for again, but not while somebody reads it; the rotten one is moved aside, never deleted
        var dump = Path.Combine(copy.Folder, "postgres.whole.dump");
        var bytes = await File.ReadAllBytesAsync(dump);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(dump, bytes);
        Assert.That(await SetVerification.VerifyAsync(copy.Folder, default), Has.Some.Contains("postgres.whole.dump"));
        using var again = site.Open();
        using (await SetHold.TakeAsync(copy.Folder, "a drill", TimeProvider.System, default))
        {
            var refused = await again.Get<BackupPipeline>().CopyAsync(first.Set, new Progress<BackupProgress>(), default);
            Assert.That(refused, Has.One.Match($"^server3: the copy that is there can't be replaced while it is read by a drill, process {Environment.ProcessId}, since .* UTC; the new one waits beside it; postgres.whole.dump: is not as it was written"));
            Assert.That(await File.ReadAllBytesAsync(dump), Is.EqualTo(bytes), "what is read stays where it is");
            Assert.That(Told(site), Is.EqualTo(new[] { BackupPipeline.CopyMissing }));
        }

        Assert.That(await again.Get<BackupPipeline>().CopyAsync(first.Set, new Progress<BackupProgress>(), default), Is.Empty);
        Assert.That(await SetVerification.VerifyAsync(copy.Folder, default), Is.Empty);
        Assert.That(Directory.GetDirectories(Path.GetDirectoryName(copy.Folder)!, "*.damaged-*"), Has.Length.EqualTo(1));
        Assert.That(SetCatalog.Read(site.Copies), Has.Count.EqualTo(1));
    }

    private static IEnumerable<FindingCode> Told(BackupSite site)
    {
        using var host = site.Open();
        return [.. host.Get<AlertBook>().ReadTold().Select(alert => alert.Finding.Code)];
    }
}
