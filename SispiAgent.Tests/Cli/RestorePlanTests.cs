using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Tests.Restore;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Cli;

[Category("Postgres")]
internal sealed class RestorePlanTests
{
    [Test]
    public async Task The_plan_shows_each_step_and_after_a_drill_what_it_will_take()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        string[] plan = ["restore", "--plan", "--config", site.ConfigurationFile()];

        var before = await AgentProgram.RunAsync(plan);
        Assert.That(before.ExitCode, Is.EqualTo(ExitCode.Done), before.ErrorTail);
        Assert.That(before.Output, Does.Contain("No drill of this cluster has passed yet: no estimate. On the standby's host: sispi-agent drill"));
        Assert.That(before.Output, Does.Match(@"rows +\S+ \S+ +pg_restore -a -d decam_prd decam_prd.schema.exposure.dump"));

        var drill = await AgentProgram.RunAsync("drill", "--config", site.ConfigurationFile());
        Assert.That(drill.ExitCode, Is.EqualTo(ExitCode.Done), drill.ErrorTail);
        Assert.That(drill.Output, Does.Match(@"  rows: \d").And.Match(@"  indexes and constraints: \d"));
        using (var host = site.Open())
        {
            var result = host.Get<DrillBook>().PassedOf(set.Id)!;
            Assert.That(result.Steps.Where(step => step.Phase is RestorePhase.Rows).Select(step => step.File), Is.EquivalentTo(set.Manifest.Files.Where(file => file.UnitKind is UnitKind.Tables or UnitKind.Schema or UnitKind.Rest).Select(file => file.Name)));
            Assert.That(result.Steps.Where(step => step.Phase is RestorePhase.Rows).Sum(step => step.Bytes), Is.EqualTo(set.Manifest.Databases.Single(database => database.Name == "decam_prd").Tables.Where(table => table.Unit is not null).Sum(table => table.Bytes)));
            Assert.That((result.Checked, result.Restored, result.Compared), Is.GreaterThan((TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero)));
        }

        var after = await AgentProgram.RunAsync(plan);
        Assert.That(after.Output, Does.Match(@"About \d.* in all: the hashes .*, the restore .*, the comparison ").And.Contains($"the newest: {set.Id}, ").And.Contains("on server2"));
        Assert.That(after.Output, Does.Match(@"rows +\S+ \S+ +[0-9.]+ s +pg_restore -a -d decam_prd decam_prd.schema.exposure.dump"));
        var shown = await AgentProgram.RunAsync("backup", "show", "--config", site.ConfigurationFile());
        Assert.That(shown.Output, Does.Contain("restored in a drill here, which passed ").And.Match(@"    rows: \d"));

        using var json = JsonDocument.Parse((await AgentProgram.RunAsync([.. plan, "--json", "--database", "decam_prd"])).Output);
        Assert.That(json.RootElement.GetProperty("estimate").GetProperty("seconds").GetDouble(), Is.GreaterThan(0));
        Assert.That(json.RootElement.GetProperty("steps").EnumerateArray().Where(step => step.GetProperty("phase").GetString() == "Rows").Select(step => step.GetProperty("seconds").ValueKind), Has.All.EqualTo(JsonValueKind.Number));

        var table = await AgentProgram.RunAsync([.. plan, "--database", "decam_prd", "--table", "exposure.exposure"]);
        Assert.That(table.Output, Does.Match(@"exposure\.exposure, from decam_prd\.schema\.exposure\.dump").And.Contains("About "));
        var unknown = await AgentProgram.RunAsync([.. plan, "--database", "decam_prd", "--table", "exposure.nothing"]);
        Assert.That(unknown.ErrorTail, Does.Contain("has no table exposure.nothing"));
    }
}
