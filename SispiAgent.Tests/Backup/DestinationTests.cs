using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Peers;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>A host without an agent: a real sshd that runs rsync only, kept within one folder by rrsync, or not.</summary>
[Category("Ssh")]
internal sealed class DestinationTests
{
    [TestCase("", TestName = "Rrsync keeps it within a folder")]
    [TestCase("FOLDER/far/deep", TestName = "An ordinary login, and a folder")]
    public async Task Sets_arrive_and_are_proven_without_an_agent_and_nothing_there_is_deleted(string directory)
    {
        await using var hosts = await StartAsync(directory);
        var far = directory.Length > 0 ? hosts.Folder["far/deep"] : hosts.Folder["far"];
        Directory.CreateDirectory(far);
        MadeSet.Make(far, "here", KeepingHost.Now.AddDays(-700)); // whoever looks after that host keeps it
        await File.WriteAllTextAsync(Path.Combine(far, "here", "note"), "not ours");
        MadeSet.Make(hosts.Backups, "here", KeepingHost.Now.AddDays(-1));
        MadeSet.Make(hosts.Backups, "here", KeepingHost.Now);
        var (set, older) = (SetCatalog.Read(hosts.Backups)[0], SetCatalog.Read(hosts.Backups)[1]);
        var place = hosts.Here.Get<SetCopies>().PlainPlaces().Single();

        await hosts.Here.Get<PlainRsync>().TryAsync(place.Target, place.Folder, default);
        foreach (var each in new[] { set, older, set })
            Assert.That(await place.CopyAsync(each, new Progress<BackupProgress>(), default), Is.Null);

        Assert.That(SetCatalog.Read(far).Select(found => found.Id), Is.EqualTo(new[] { set.Id, older.Id, $"here/{SetName.For(KeepingHost.Now.AddDays(-700))}" }));
        Assert.That(File.Exists(Path.Combine(far, "here", "note")));
        foreach (var each in new[] { set, older })
            Assert.That(await SetVerification.VerifyAsync(Path.Combine(far, each.Id), default), Is.Empty);
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(Path.Combine(far, set.Id, "globals.sql")) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite), Is.EqualTo(UnixFileMode.None));
    }

    [Test]
    public async Task A_copy_that_rots_there_with_size_and_time_kept_is_seen_and_made_anew()
    {
        await using var hosts = await StartAsync("");
        MadeSet.Make(hosts.Backups, "here", KeepingHost.Now);
        var set = SetCatalog.Read(hosts.Backups).Single();
        var place = hosts.Here.Get<SetCopies>().PlainPlaces().Single();
        Assert.That(await place.CopyAsync(set, new Progress<BackupProgress>(), default), Is.Null);
        var dump = Path.Combine(hosts.Folder["far"], set.Id, "postgres.whole.dump");
        var (bytes, at) = (await File.ReadAllBytesAsync(dump), File.GetLastWriteTimeUtc(dump));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(dump, bytes);
        File.SetLastWriteTimeUtc(dump, at);

        Assert.That(await place.CopyAsync(set, new Progress<BackupProgress>(), default), Is.Null);

        Assert.That(await SetVerification.VerifyAsync(Path.GetDirectoryName(dump)!, default), Is.Empty);
    }

    [Test]
    public async Task What_does_not_hold_there_is_no_set_and_is_named()
    {
        Requires.That(Environment.UserName != "root", "a user whom rights hold back");
        await using var hosts = await StartAsync("");
        MadeSet.Make(hosts.Backups, "here", KeepingHost.Now);
        var set = SetCatalog.Read(hosts.Backups).Single();
        var place = hosts.Here.Get<SetCopies>().PlainPlaces().Single();
        // a folder stands where a file has to be: that file can't arrive
        Directory.CreateDirectory(Path.Combine(hosts.Folder["far"], set.Id, "postgres.whole.dump", "in the way"));

        var failure = await Assert.CatchAsync<AgentException>(() => place.CopyAsync(set, new Progress<BackupProgress>(), default));

        Assert.That(failure!.Message, Does.Contain("postgres.whole.dump"));
        Assert.That(File.Exists(Path.Combine(hosts.Folder["far"], set.Id, ManifestFile.Name)), Is.False);
        Assert.That(File.Exists(Path.Combine(hosts.Folder["far"], set.Id, SumsFile.Name)), Is.False);
        Assert.That(SetCatalog.Read(hosts.Folder["far"]), Is.Empty);
    }

    [Test]
    public void A_line_about_times_and_rights_alone_is_no_difference() => Assert.That(
        PlainRsync.Differences(".d..t...... here/20261129T140200Z/\n<fc........ here/20261129T140200Z/a\n.f..t...... here/20261129T140200Z/b\n<f+++++++++ here/20261129T140200Z/c d\ncd+++++++++ here/20261129T140200Z/configuration/\n"),
        Is.EqualTo(new[] { "here/20261129T140200Z/a is not there as it is here", "here/20261129T140200Z/c d is not there as it is here", "here/20261129T140200Z/configuration/ is not there as it is here" }));

    /// <summary>Two hosts and, with a key of its own, a third without an agent: the same sshd.</summary>
    private static async Task<PeerHosts> StartAsync(string directory)
    {
        Requires.Program("/usr/bin/rrsync");
        var hosts = await PeerHosts.StartAsync(more: $$"""
            , "Backup": { "Destinations": { "fnal": { "Address": "127.0.0.1", "SshPort": SSHPORT, "SshUser": "{{Environment.UserName}}", "Directory": "{{directory}}", "IdentityFile": "FOLDER/fnal_key", "KnownHostsFile": "FOLDER/fnal_hosts", "KilobytesPerSecond": 20000 } } }
            """);
        Directory.CreateDirectory(hosts.Folder["far"]);
        await SispiAgent.Processes.ToolRunner.RunToSuccessAsync(new("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hosts.Folder["fnal_key"]]), default);
        await File.WriteAllTextAsync(hosts.Folder["fnal_hosts"], hosts.Ssh.KnownHostsLine);
        var forced = directory.Length > 0 ? "" : $",command=\"rrsync -wo {hosts.Folder["far"]}\"";
        await File.AppendAllTextAsync(hosts.Ssh.AuthorizedKeys, $"restrict{forced} {(await File.ReadAllTextAsync(hosts.Folder["fnal_key.pub"])).Trim()}\n");
        return hosts;
    }
}
