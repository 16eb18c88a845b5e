using System.Text.Json.Nodes;
using SispiAgent.BackupSets;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>An extension whose tables hold the user's rows, in a database whose name has a line break.</summary>
[Category("Postgres")]
internal sealed class ConfigurationTableTests
{
    private const string Database = "-lab 'o'\n\"%s\" = x";

    [TestCase(false)]
    [TestCase(true)]
    public async Task Rows_of_an_extensions_configuration_tables_are_restored_by_the_guide(bool isDivided)
    {
        using var folder = new TempFolder();
        var installation = ExtendedPostgres.Install(folder.Folder);
        await using var site = await BackupSite.StartAsync(installation, new JsonObject { ["CopyRequired"] = false, ["Databases"] = isDivided ? new JsonObject { [Database] = new JsonObject() } : [] });
        await site.Server.ExecuteAsync($"CREATE DATABASE {SqlName.Quote(Database)}");
        await site.Server.ExecuteAsync("""
            CREATE SCHEMA settings; CREATE SCHEMA apart; CREATE EXTENSION sispi_torture SCHEMA settings;
            INSERT INTO settings.all_settings VALUES ('mine', '1'), ('more', '2');
            INSERT INTO settings.some_settings (name) VALUES ('kept'), ('too');
            SELECT nextval('settings.counter'), nextval('settings.counter');
            CREATE TABLE apart.uses (name text REFERENCES settings.all_settings (name)); INSERT INTO apart.uses VALUES ('mine');
            CREATE TABLE settings.own (a int); INSERT INTO settings.own VALUES (1);
            """, Database);

        var set = (await site.RunAsync()).Set;
        await using var empty = await PostgresServers.StartPrimaryAsync(installation);
        await GuideShell.RunAsync(set, empty);

        var held = set.Manifest.Databases.Single(database => database.Name == Database);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(set.Folder, RestoreGuide.Name)), Does.Contain("- the extension `sispi_torture`, 1.0 or one that can be updated from it ("));
        Assert.That(held.Units.Any(unit => unit.Kind is UnitKind.Definitions), Is.EqualTo(isDivided));
        Assert.That(held.Tables.Where(table => table.Unit is not null).Select(table => (table.Name, table.IsFiltered)), Is.EquivalentTo(new[] { ("all_settings", false), ("some_settings", true), ("uses", false), ("own", false) }));
        Assert.That(await DatabaseComparison.DifferencesAsync(site.Server, empty, Database), Is.Empty);
    }
}
