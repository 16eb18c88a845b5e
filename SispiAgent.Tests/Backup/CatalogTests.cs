using System.Text.Json;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>What lies on both hosts' disks, asked through a real sshd and its forced command.</summary>
[Category("Ssh")]
internal sealed class CatalogTests
{
    [Test]
    public async Task Both_disks_are_listed_with_marks_and_what_only_has_the_same_name_is_told()
    {
        await using var hosts = await PeerHosts.StartAsync();
        var (old, young) = (KeepingHost.Now.AddDays(-8), KeepingHost.Now.AddDays(-1));
        foreach (var time in new[] { old, young })
            MadeSet.Make(hosts.Backups, "here", time);
        MadeSet.Make(hosts.FarBackups, "here", old);
        MadeSet.Make(hosts.FarBackups, "here", young, systemIdentifier: "another cluster");
        SetPins.Pin(Path.Combine(hosts.FarBackups, "here", SetName.For(old)), "before the upgrade", KeepingHost.Now);
        var marks = hosts.Here.Get<SetMarks>();
        marks.Record($"here/{SetName.For(old)}", "there", null);
        marks.Record($"here/{SetName.For(young)}", "here", "globals.sql: is missing");
        hosts.Here.Get<DrillBook>().Record(new($"here/{SetName.For(old)}", KeepingHost.Now.AddDays(-7), TimeSpan.FromHours(1), DrillVerdict.Passed, []));

        var far = (await hosts.Here.Get<DiskCatalog>().AskAsync(default)).Single();
        Assert.That(far.Problem, Is.Null);
        Assert.That(far.Answer!.Sets.Select(set => (set.Set, set.Pin)), Is.EqualTo(new[] { ($"here/{SetName.For(young)}", null), ($"here/{SetName.For(old)}", "before the upgrade") }));

        var listed = await AgentProgram.RunAsync("--config", hosts.Folder["here.json"], "backup", "list");
        Assert.That(listed.ExitCode, Is.Zero, listed.ErrorTail);
        var lines = listed.Output.Split('\n');
        await TestContext.Out.WriteLineAsync(listed.Output);
        Assert.That(lines[1], Does.Contain("DAMAGED: globals.sql: is missing, no proven copy"));
        Assert.That(lines[2], Does.Contain("verified, copy proven on there, drilled"));
        Assert.That(lines[5], Does.Contain("a copy, NOT the set of that name on here"));
        Assert.That(lines[6], Does.EndWith("verified, a copy, pinned: before the upgrade"));

        var json = JsonDocument.Parse((await AgentProgram.RunAsync("--config", hosts.Folder["here.json"], "backup", "list", "--json")).Output).RootElement;
        Assert.That(json.GetProperty("others")[0].GetProperty("sets").GetArrayLength(), Is.EqualTo(2));
        Assert.That(await hosts.Here.Get<DiskCatalog>().LastDrillAsync(default), Has.Property(nameof(LastDrill.Set)).EqualTo($"here/{SetName.For(old)}"));
    }

    [Test]
    public async Task A_host_that_gives_no_answer_is_not_an_empty_disk()
    {
        await using var hosts = await PeerHosts.StartAsync();
        hosts.Way.Cut();
        var listed = await AgentProgram.RunAsync("--config", hosts.Folder["here.json"], "backup", "list");

        Assert.That(listed.ExitCode, Is.Zero);
        Assert.That(listed.Output, Does.Contain("there: no answer, so what is there is not known"));
    }

    [Test]
    public async Task Verbs_pin_show_prune_and_list_what_was_removed()
    {
        using var disk = new KeepingHost(backup: new() { ["KeepLast"] = 2, ["KeepMonthly"] = 0, ["CopyRequired"] = false });
        foreach (var days in new[] { 1, 8, 400, 500 })
            disk.Make(days);
        Task<SispiAgent.Processes.ToolResult> Run(params string[] arguments) => AgentProgram.RunAsync(["--config", disk.ConfigurationFile, "backup", .. arguments]);

        Assert.That((await Run("pin", disk.Id(400), "--reason", "before the upgrade")).ExitCode, Is.Zero);
        var plan = (await Run("prune", "--dry-run")).Output;
        Assert.That(plan, Does.Contain($"keep    {disk.Id(400)}: pinned: before the upgrade").And.Contain($"remove  {disk.Id(500)}: ").And.Contain($"replaced by {disk.Id(400)}"));
        Assert.That(SetCatalog.Read(disk.Sets), Has.Count.EqualTo(4));
        Assert.That((await Run("show", disk.Id(400))).Output, Does.Contain("pinned on server2 since").And.Contain("before the upgrade").And.Contain("database postgres"));
        Assert.That((await Run("prune")).Output, Does.Contain($"removed {disk.Id(500)}: "));
        Assert.That((await Run("list", "--here", "--deleted")).Output, Does.Contain(disk.Id(500)).And.Contain($"replaced by {disk.Id(400)}"));
        Assert.That((await Run("unpin", disk.Id(400))).Output, Does.Contain("no longer pinned"));
        Assert.That((await Run("pin", "20000101T000000Z")).ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That((await Run("pin")).ExitCode, Is.EqualTo(ExitCode.BadConfiguration));
    }
}
