using SispiAgent.Demo;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>Servers of other versions, dumped by the machine's pg_dump.</summary>
[Category("Postgres")]
internal sealed class VersionSetTests
{
    [TestCase(10)]
    [TestCase(12)]
    [TestCase(14)]
    public async Task The_manifest_says_what_the_server_and_pg_dump_could_do(int major)
    {
        await using var site = await BackupSite.StartAsync(Versions.Require(major));
        await SampleDatabase.LoadAsync(site.Server, default);
        if (major < 12)
            await site.Server.ExecuteAsync("CREATE TABLE alarms.old_style (t text) WITH OIDS", "decam_prd");
        await site.Server.ExecuteAsync("CREATE UNLOGGED TABLE telemetry.cache (t text); INSERT INTO telemetry.cache VALUES ('x')", "decam_prd");

        var manifest = (await site.RunAsync()).Set.Manifest;

        Assert.That(manifest.ServerVersion, Does.StartWith($"{major}."));
        var database = manifest.Databases.Single(entry => entry.Name == "decam_prd");
        Assert.That(database.Snapshot, Is.Not.Null);
        Assert.That(database.Units.Select(unit => unit.Name), Is.SupersetOf(new[] { "definitions", "group monsoon", "schema telemetry", "schema exposure", "schema obstac", "rest" }));
        Assert.That(manifest.Files.Where(file => file.Database == "decam_prd").Select(file => file.Snapshot), Is.All.EqualTo(database.Snapshot));
        Assert.That(manifest.Consistency.Single(shared => shared.Database == "decam_prd").Words, Does.Contain($"all {database.Units.Count} files show the moment"));
        Assert.That(database.Tables.Where(table => table.Unit is not null && table.Rows is null), Is.Empty);
        Assert.That(manifest.Remarks.Any(remark => remark.Contains("alarms.old_style", StringComparison.Ordinal)), Is.EqualTo(major < 12));
        Assert.That(manifest.Remarks, Has.One.Contains("unlogged, so in the set but on no standby: telemetry.cache"));
        Assert.That(manifest.LowestPgRestore, Is.Not.Empty);
    }
}
