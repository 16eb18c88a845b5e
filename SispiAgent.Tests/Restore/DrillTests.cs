using System.Diagnostics;
using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Platform;
using SispiAgent.Restore;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class DrillTests
{
    private static readonly IProgress<RestoreProgress> Nobody = new Progress<RestoreProgress>();

    [Test]
    public async Task A_good_set_passes_and_each_damage_is_named_exactly()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        using var host = site.Open();
        var drill = host.Get<Drill>();

        var good = await drill.RunAsync(set, Nobody, default);
        Assert.That(good.Problems, Is.Empty);
        Assert.That(good.Verdict, Is.EqualTo(DrillVerdict.Passed));
        Assert.That(good.Digests, Is.GreaterThan(10));
        Assert.That(good.Remarks, Has.None.Contains("does not list its objects"));

        foreach (var (name, damage, expected) in Damages())
        {
            var copy = Copy(set, name);
            await damage(copy);
            var result = await drill.RunAsync(copy with { Manifest = ManifestFile.Read(copy.Folder) }, Nobody, default);
            Assert.That(result.Verdict, Is.EqualTo(DrillVerdict.Failed), name);
            Assert.That(result.Problems, Has.Some.Matches<string?>(problem => System.Text.RegularExpressions.Regex.IsMatch(problem ?? "", expected)), $"{name}: {string.Join("; ", result.Problems)}");
            Directory.Delete(copy.Folder, recursive: true);
        }

        Assert.That(Directory.EnumerateDirectories(drill.Root), Is.Empty);
    }

    [Test]
    public async Task A_host_that_lacks_something_says_so_and_blames_no_set()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        using var host = site.Open();
        async Task<DrillResult> WithAsync(Func<SetManifest, SetManifest> change)
        {
            var copy = Copy(set, "20200101T000000Z");
            await ResealAsync(copy, change);
            var result = await host.Get<Drill>().RunAsync(copy with { Manifest = ManifestFile.Read(copy.Folder) }, Nobody, default);
            Directory.Delete(copy.Folder, recursive: true);
            return result;
        }

        var extension = await WithAsync(manifest => manifest with { Databases = [.. manifest.Databases.Select(database => database.Name == "decam_prd" ? database with { Extensions = [.. database.Extensions, new("sispi_stars", "2.1")] } : database)] });
        Assert.That((extension.Verdict, extension.Problems.Single()), Is.EqualTo((DrillVerdict.Cannot, "extension sispi_stars 2.1, which database decam_prd needs, is not installed here")));
        var major = await WithAsync(manifest => manifest with { ServerVersion = "8.4.1", ServerVersionNumber = 80401 });
        Assert.That((major.Verdict, major.Problems.Single()), Is.EqualTo((DrillVerdict.Cannot, "no server of PostgreSQL 8.4 is installed on this host")));
        var space = await WithAsync(manifest => manifest with { Databases = [.. manifest.Databases.Select(database => database with { Bytes = 1L << 60 })] });
        Assert.That(space.Verdict, Is.EqualTo(DrillVerdict.Cannot));
        Assert.That(space.Problems.Single(), Does.Contain(" free, and the databases of the set need "));
    }

    [Test]
    public async Task The_verb_writes_it_down_and_mails_and_a_bad_set_is_an_alert()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        var passed = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(passed.ExitCode, Is.EqualTo(ExitCode.Done), passed.ErrorTail);
        using var host = site.Open();
        Assert.That(host.Get<DrillBook>().Last()!.Set, Is.EqualTo(set.Id));
        Assert.That(host.Get<Outbox>().ReadUnbound().Select(posted => posted.Letter?.Subject), Has.Some.StartsWith($"restore drill of {set.Id} passed"));

        File.Delete(Path.Combine(set.Folder, "globals.sql"));
        var failed = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(failed.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(failed.ErrorTail, Does.Contain("globals.sql: is missing"));
        Assert.That(host.Get<AlertBook>().ReadTold().Select(alert => alert.Finding.Code), Does.Contain(DrillJudge.Failed));
        Assert.That(host.Get<DrillBook>().Latest()!.Verdict, Is.EqualTo(DrillVerdict.Failed));
        Assert.That(host.Get<DrillBook>().Last()!.Set, Is.EqualTo(set.Id));
    }

    [Test]
    public async Task A_killed_drill_leaves_nothing_that_runs_and_the_next_start_removes_the_rest([Values] bool isWatched)
    {
        var (site, set) = await Sets.SampleAsync();
        await using var mine = site;
        var root = Path.Combine(site.Sets, ".drill");
        using var drilling = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, ["drill", "--config", site.ConfigurationFile()]) { RedirectStandardOutput = true })!;
        // initdb has a postmaster.pid too, but never the line that says the server is up
        var folder = await Eventually.GetAsync(() => Task.FromResult(Directory.Exists(root) ? Directory.EnumerateDirectories(root).FirstOrDefault(one => PidFile(one).Length > 7) : null), "throwaway server that is up");
        var postmaster = ProcessTree.Find(int.Parse(PidFile(folder)[0], System.Globalization.CultureInfo.InvariantCulture))!.Value;
        Assert.That(SetHold.Holder(set.Folder), Does.StartWith($"a drill, process {drilling.Id}, since "));
        var below = ProcessTree.Below(drilling.Id);
        if (!isWatched)
            ProcessTree.Kill(below.Where(process => Words(process.Id).StartsWith("/bin/sh", StringComparison.Ordinal)));
        ProcessSignal.Send(drilling.Id, ProcessSignal.Kill);

        if (!isWatched)
        {
            using var host = site.Open();
            await Eventually.TrueAsync(() => host.Get<Drill>().RemoveLeft().Contains(folder), "end of the killed verb, and removal");
        }

        await Eventually.TrueAsync(() => !ProcessTree.IsRunning(postmaster) && !Directory.Exists(folder), "clean host");
        await Eventually.TrueAsync(() => below.All(process => !ProcessTree.IsRunning(process)), "end of all children");
        var again = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(again.ExitCode, Is.EqualTo(ExitCode.Done), again.ErrorTail);
    }

    private static string Words(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    private static string[] PidFile(string folder)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(folder, "data", "postmaster.pid"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static IEnumerable<(string Name, Func<BackupSet, Task> Damage, string Expected)> Damages()
    {
        const string Rest = "decam_prd.rest.dump", Exposure = "decam_prd.schema.exposure.dump", Telemetry = "decam_prd.schema.telemetry.dump";
        yield return ("20200101T000001Z", set => Task.Run(() => Flip(set, Exposure)), $"^{Exposure}: is not as it was written");
        yield return ("20200101T000002Z", set => Task.Run(() => Cut(set, Telemetry)), $"^{Telemetry}: is not as it was written");
        yield return ("20200101T000003Z", set => Task.Run(() => Swap(set, Exposure, Telemetry)), $"^{Exposure}: is not as it was written");
        yield return ("20200101T000004Z", set => Task.Run(() => File.Delete(Path.Combine(set.Folder, "globals.sql"))), "^globals.sql: is missing");
        // the same before the hashes were made, as a bad memory would do it
        yield return ("20200101T000005Z", async set => { Flip(set, Telemetry); await ResealAsync(set); }, $"^(the restore broke at decam_prd: {Telemetry}|decam_prd: )");
        yield return ("20200101T000006Z", async set => { Cut(set, Exposure); await ResealAsync(set); }, $"^the restore broke at decam_prd: {Exposure}");
        yield return ("20200101T000007Z", async set => { Swap(set, Exposure, Rest); File.Copy(Path.Combine(set.Folder, Exposure), Path.Combine(set.Folder, Rest), overwrite: true); await ResealAsync(set); }, "^(the restore broke at decam_prd: |decam_prd: table exposure)");
        yield return ("20200101T000008Z", set => ResealAsync(set, manifest => Change(manifest, table => table.Name == "exposure" ? table with { Rows = table.Rows + 1 } : table)), @"^decam_prd: table exposure\.exposure has \d+ rows, the manifest says \d+$");
        yield return ("20200101T000009Z", set => ResealAsync(set, manifest => Change(manifest, table => table.Name == "filter" ? table with { Digest = "v1:hx:1" } : table)), "^decam_prd: table constants.filter has as many rows as the manifest says, and their content is another one$");
        yield return ("20200101T000010Z", set => ResealAsync(set, manifest => manifest with { Databases = [.. manifest.Databases.Select(database => database with { Sequences = [.. database.Sequences.Select(sequence => sequence.Name == "expnum" ? sequence with { Value = 7 } : sequence)] })] }), @"^decam_prd: sequence exposure\.expnum stands at \d+, the manifest says 7$");
        yield return ("20200101T000011Z", async set => { await File.AppendAllTextAsync(Objects(set), new CatalogObject("index", "exposure.gone", "00", "") + "\n"); await ResealAsync(set); }, @"^decam_prd: index exposure\.gone is missing$");
    }

    private static string Objects(BackupSet set) => Path.Combine(set.Folder, set.Manifest.Files.Single(file => file.Kind == CatalogObjects.FileKind && file.Database == "decam_prd").Name);

    private static SetManifest Change(SetManifest manifest, Func<SetTable, SetTable> change) =>
        manifest with { Databases = [.. manifest.Databases.Select(database => database.Name == "decam_prd" ? database with { Tables = [.. database.Tables.Select(change)] } : database)] };

    private static BackupSet Copy(BackupSet set, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(set.Folder)!, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(set.Folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(set.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return set with { Folder = folder };
    }

    private static void Flip(BackupSet set, string file)
    {
        var path = Path.Combine(set.Folder, file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length * 3 / 4] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    private static void Cut(BackupSet set, string file)
    {
        using var stream = new FileStream(Path.Combine(set.Folder, file), FileMode.Open);
        stream.SetLength(stream.Length * 3 / 4);
    }

    private static void Swap(BackupSet set, string one, string other)
    {
        string Path1(string name) => Path.Combine(set.Folder, name);
        File.Move(Path1(one), Path1("x"));
        File.Move(Path1(other), Path1(one));
        File.Move(Path1("x"), Path1(other));
    }

    /// <summary>Makes hashes of what is there now, as if it had been so when the set was made.</summary>
    private static async Task ResealAsync(BackupSet set, Func<SetManifest, SetManifest>? change = null)
    {
        var manifest = (change ?? (same => same))(ManifestFile.Read(set.Folder));
        List<SetFile> files = [];
        foreach (var file in manifest.Files)
            files.Add(file with { Sha256 = await SumsFile.HashAsync(Path.Combine(set.Folder, file.Name), default) });
        await File.WriteAllTextAsync(Path.Combine(set.Folder, ManifestFile.Name), ManifestFile.Write(manifest with { Files = files }));
        await File.WriteAllTextAsync(Path.Combine(set.Folder, SumsFile.Name), SumsFile.Write([.. files.Select(file => (file.Name, file.Sha256)), (ManifestFile.Name, await SumsFile.HashAsync(Path.Combine(set.Folder, ManifestFile.Name), default))]));
    }
}
