using System.Text.Json.Nodes;
using SispiAgent.Tests.BackupSets;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class HostileSetTests
{
    [Test]
    public async Task A_database_with_every_kind_of_name_and_table_makes_a_proven_set([Values] bool isDivided)
    {
        var databases = isDivided ? new JsonObject { ["postgres"] = new JsonObject() } : [];
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["Databases"] = databases });
        await HostileDatabase.FillAsync(site.Server);

        var set = (await site.RunAsync()).Set;

        var database = set.Manifest.Databases.Single(held => held.Name == "postgres");
        Assert.That(database.Units, Has.Count.EqualTo(isDivided ? set.Manifest.Files.Count(file => file.Database == "postgres" && file.Kind == "dump") : 1));
        Assert.That(database.LargeObjects, Is.EqualTo(3));
        Assert.That(database.LargeObjectsDigest, Does.StartWith("v1:hx:"));
        Assert.That(database.Tables.Where(table => table.Rows is not null), Has.All.Property("Digest").StartsWith("v1:hx:"));
        Assert.That(database.Sequences, Has.Count.EqualTo(3 * HostileDatabase.Names.Length));
        Assert.That(database.Tables.Count(table => table.IsFiltered), Is.EqualTo(1));
    }
}
