using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class CopyTests
{
    [Test]
    public async Task The_other_host_gets_a_copy_over_ssh_checks_it_and_a_failed_copy_is_made_up_for()
    {
        Requires.Program("/usr/sbin/sshd");
        Requires.Program("/usr/bin/rrsync");
        using var folder = new TempFolder();
        var port = Ports.Next();
        await using var ssh = await LoopbackSsh.StartAsync(folder["ssh"], port, default);
        await using var site = await BackupSite.StartAsync(sshPort: port);
        await TrustAsync(site, ssh);
        OwnerOnly.CreateFolder(site.Copies);

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

        // a copy that rots there is made anew when it is asked for again; the rotten one is moved aside, never deleted
        var dump = Path.Combine(copy.Folder, "postgres.whole.dump");
        var bytes = await File.ReadAllBytesAsync(dump);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(dump, bytes);
        Assert.That(await SetVerification.VerifyAsync(copy.Folder, default), Has.Some.Contains("postgres.whole.dump"));
        using var again = site.Open();
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

    public static async Task TrustAsync(BackupSite site, LoopbackSsh ssh)
    {
        var keys = new PeerKeys(new AgentPaths(site.State()));
        OwnerOnly.CreateFolder(site.State());
        OwnerOnly.CreateFolder(keys.Folder);
        foreach (var key in new[] { keys.AgentKey, keys.CopyKey })
            await ToolRunner.RunToSuccessAsync(new ToolCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]), default);
        await File.WriteAllTextAsync(keys.KnownHosts, ssh.KnownHostsLine);
        var agent = Path.Combine(AppContext.BaseDirectory, ExecutableFile.Name("SispiAgent"));
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } given ? $"DOTNET_ROOT={given} " : "";
        await File.WriteAllTextAsync(ssh.AuthorizedKeys, $"""
            restrict,command="{root}{agent} --config {site.ConfigurationFile("server3")} peer" {(await File.ReadAllTextAsync(keys.AgentKey + ".pub")).Trim()}
            restrict,command="rrsync {site.Copies}" {(await File.ReadAllTextAsync(keys.CopyKey + ".pub")).Trim()}

            """);
    }
}
