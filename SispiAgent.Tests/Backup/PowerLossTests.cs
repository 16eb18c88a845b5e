using System.Text.RegularExpressions;
using System.Text.Json.Nodes;
using SispiAgent.BackupSets;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>What a power cut would leave can't be tried here; what the kernel was told can be: the real program under strace.</summary>
[Category("Postgres")]
internal sealed partial class PowerLossTests
{
    [Test]
    public async Task Every_file_and_folder_is_flushed_before_the_rename_that_makes_it_a_set_and_belongs_to_the_owner_alone_under_any_umask()
    {
        Requires.Program("/usr/bin/strace");
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false });
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync("CREATE TABLE small AS SELECT generate_series(1, 1000) AS id", "decam_prd");
        var trace = Path.Combine(site.Folder, "trace");
        var traced = await ToolRunner.RunAsync(
            new ToolCommand("/bin/sh", ["-c", "umask 000; exec strace -f -qq -y --seccomp-bpf -s 1024 -e trace=fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat -o \"$@\"", "sh", trace, AgentProgram.FilePath, "backup", "run", "--config", site.ConfigurationFile()]) { Timeout = TimeSpan.FromMinutes(5) }, default);
        Requires.That(!traced.ErrorTail.Contains("ptrace", StringComparison.OrdinalIgnoreCase), "the right to trace one's own programs");
        Assert.That(traced.ExitCode, Is.Zero, traced.ErrorTail);

        var set = site.Catalog().Single();
        var calls = await File.ReadAllLinesAsync(trace);
        var published = Array.FindIndex(calls, call => call.Contains("rename", StringComparison.Ordinal) && call.Contains($"{set.Folder}\"", StringComparison.Ordinal));
        Assert.That(published, Is.Positive, "the rename was seen");
        var before = Flushed(calls[..published]);
        foreach (var entry in Directory.EnumerateFileSystemEntries(set.Folder, "*", SearchOption.AllDirectories).Append(set.Folder))
        {
            var partial = entry.Replace(set.Folder, set.Folder + SetName.Partial, StringComparison.Ordinal);
            // a file that was written beside and renamed was flushed under its first name
            Assert.That(before.Any(flushed => flushed == partial || TemporaryName().Replace(flushed, "") == partial), Is.True, $"{entry} was not flushed");
            Assert.That(File.GetUnixFileMode(entry) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), Is.EqualTo(UnixFileMode.None), entry);
        }

        Assert.That(Flushed(calls[published..]), Has.Some.EqualTo(site.Origin), "the rename itself");
        foreach (var made in calls.Select(call => MadeFolder().Match(call)).Where(match => match.Success).Select(match => match.Groups[1].Value).Where(made => made == site.Sets || made == site.Origin))
            Assert.That(Flushed(calls), Has.Some.EqualTo(Path.GetDirectoryName(made)), $"{made} was made, and its parent not flushed");
    }

    private static HashSet<string> Flushed(IEnumerable<string> calls) => [.. calls.Select(call => FlushedFile().Match(call)).Where(match => match.Success).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"f(?:data)?sync\(\d+<([^>]+)>\)\s*= 0")]
    private static partial Regex FlushedFile();

    [GeneratedRegex("mkdir(?:at)?\\((?:AT_FDCWD[^,]*, )?\"([^\"]+)\", .*= 0")]
    private static partial Regex MadeFolder();

    [GeneratedRegex(@"\.\d+\.tmp$")]
    private static partial Regex TemporaryName();
}
