using System.Text.Json.Nodes;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Processes;
using SispiAgent.Restore;
using SispiAgent.Tests.Backup;

namespace SispiAgent.Tests.Restore;

/// <summary>No provider of security labels comes with PostgreSQL's packages: the labels are written as one that is gone would have left them.</summary>
[Category("Postgres")]
internal sealed class SecurityLabelTests
{
    [Test]
    public async Task Labels_are_in_the_set_and_a_server_without_their_provider_can_not_restore_it()
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["labelled"] = new JsonObject() } });
        await site.Server.ExecuteAsync("CREATE DATABASE labelled");
        await site.Server.ExecuteAsync("""
            CREATE SCHEMA s; CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (1);
            INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES ('s.t'::regclass, 'pg_class'::regclass, 1, 'observatory', 'night staff''s');
            """, "labelled");

        var set = (await site.RunAsync()).Set;

        var dump = Path.Combine(set.Folder, SetFileName.Dump("labelled", UnitPlan.Definitions));
        var text = (await ToolRunner.RunToSuccessAsync(new(site.Server.Installation.Program("pg_restore"), ["-f", "-", dump]), default)).Output;
        Assert.That(text, Does.Contain("SECURITY LABEL FOR observatory ON COLUMN s.t.a IS 'night staff''s'"));
        Assert.That(set.Manifest.Databases.Where(database => database.LabelProviders.Count > 0).Select(database => (database.Name, database.LabelProviders.Single())), Is.EqualTo(new[] { ("labelled", "observatory") }));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(set.Folder, RestoreGuide.Name)), Does.Contain("- the provider of security labels `observatory`, loaded by shared_preload_libraries (labelled)"));
        using var host = site.Open();
        var refused = (await Assert.ThrowsAsync<AgentException>(() => host.Get<Restorer>().RunAsync(set, new RestoreRequest(set.Folder, "labelled") { As = "other" }, Sets.To(site.Server), new Progress<RestoreProgress>(), default)))!;
        Assert.That(refused.Message, Does.Contain("the provider observatory of security labels, which labelled has, is not loaded here"));
    }
}
