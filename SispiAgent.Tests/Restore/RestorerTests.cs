using SispiAgent.Cli;
using SispiAgent.Restore;
using SispiAgent.Tests.Backup;
using SispiAgent.Tests.BackupSets;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class RestorerTests
{
    private static readonly IProgress<RestoreProgress> Nobody = new Progress<RestoreProgress>();

    [Test]
    public async Task The_whole_cluster_comes_back_into_an_empty_server_and_never_over_another()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        await using var empty = await PostgresServers.StartPrimaryAsync();
        await empty.ExecuteAsync("CREATE ROLE observer NOLOGIN CONNECTION LIMIT 3");
        using var host = site.Open();
        var restorer = host.Get<Restorer>();
        var everything = new RestoreRequest(set.Folder, null);

        var outcome = await restorer.RunAsync(set, everything, Sets.To(empty), Nobody, default);

        Assert.That(outcome.Problems, Is.Empty);
        Assert.That(outcome.Tables, Is.GreaterThan(10));
        Assert.That(outcome.Digests, Is.EqualTo(outcome.Tables));
        Assert.That(outcome.Remarks, Has.Some.StartsWith("observer is kept as it is here. The set says: ALTER ROLE observer WITH"));
        Assert.That(outcome.Remarks, Has.None.Contains("PASSWORD"));
        Assert.That(await Sets.TextAsync(empty, "postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'observer'"), Is.EqualTo("3"));

        var again = (await Assert.ThrowsAsync<AgentException>(() => restorer.RunAsync(set, everything, Sets.To(empty), Nobody, default)))!;
        Assert.That(again.Message, Does.Contain("database decam_prd is there already"));
        var absent = (await Assert.ThrowsAsync<AgentException>(() => restorer.ResumeAsync(_ => Sets.To(empty), Nobody, default)))!;
        Assert.That(absent.Message, Does.StartWith("No restore that could go on"));
    }

    [Test]
    public async Task A_database_comes_back_under_another_name_or_makes_the_living_one_step_aside([Values] bool isDivided)
    {
        await using var site = await BackupSite.StartAsync(new System.Text.Json.Nodes.JsonObject { ["CopyRequired"] = false, ["Databases"] = isDivided ? new System.Text.Json.Nodes.JsonObject { ["hostile=db"] = new System.Text.Json.Nodes.JsonObject() } : [] });
        await site.Server.ExecuteAsync("CREATE DATABASE \"hostile=db\"");
        await HostileDatabase.FillAsync(site.Server, withConfiguration: false, "hostile=db");
        var set = (await site.RunAsync()).Set;
        using var host = site.Open();
        var restorer = host.Get<Restorer>();

        var other = await restorer.RunAsync(set, new RestoreRequest(set.Folder, "hostile=db") { As = "-other 'name'=" }, Sets.To(site.Server), Nobody, default);
        Assert.That(other.Problems, Is.Empty);
        Assert.That(other.Digests, Is.GreaterThan(40));

        var request = new RestoreRequest(set.Folder, "hostile=db") { Replaces = true };
        await using (var session = await site.Server.OpenAsync("hostile=db", default))
            Assert.That((await Assert.ThrowsAsync<AgentException>(() => restorer.RunAsync(set, request, Sets.To(site.Server), Nobody, default)))!.Message, Does.Contain("sessions are connected"));
        await site.Server.ExecuteAsync("DELETE FROM trees.odd", "hostile=db");
        var replaced = await restorer.RunAsync(set, request, Sets.To(site.Server), Nobody, default);
        Assert.That(replaced.Problems, Is.Empty);
        Assert.That(await Sets.TextAsync(site.Server, "hostile=db", "SELECT count(*) FROM trees.odd"), Is.EqualTo("1000"));
        var aside = await Sets.TextAsync(site.Server, "postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'hostile=db_before_%'");
        Assert.That(await Sets.TextAsync(site.Server, aside, "SELECT count(*) FROM trees.odd"), Is.EqualTo("0"));
    }

    [Test]
    public async Task A_database_sorts_under_another_name_as_it_did()
    {
        await using var site = await BackupSite.StartAsync(new System.Text.Json.Nodes.JsonObject { ["CopyRequired"] = false });
        await site.Server.ExecuteAsync("CREATE DATABASE stars TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kn-true'");
        await site.Server.ExecuteAsync("CREATE TABLE t (a text) PARTITION BY RANGE (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('a2') TO ('a10'); INSERT INTO t VALUES ('a9')", "stars");
        var set = (await site.RunAsync()).Set;
        using var host = site.Open();

        var outcome = await host.Get<Restorer>().RunAsync(set, new RestoreRequest(set.Folder, "stars") { As = "other" }, Sets.To(site.Server), Nobody, default);
        Assert.That(outcome.Problems, Is.Empty);
        Assert.That(await Sets.TextAsync(site.Server, "postgres", "SELECT datlocprovider::text || daticulocale FROM pg_database WHERE datname = 'other'"), Is.EqualTo("ide-u-kn-true"));
        var beside = await host.Get<Restorer>().RunAsync(set, new RestoreRequest(set.Folder, "stars") { Tables = [new("public", "t")], IsBeside = true }, Sets.To(site.Server), Nobody, default);
        Assert.That(beside.Problems, Is.Empty);
    }

    [Test]
    public async Task A_set_that_this_server_can_not_restore_is_told_from_a_bad_one()
    {
        var (site, set) = await Sets.SampleAsync();
        await using var _ = site;
        await using var empty = await PostgresServers.StartPrimaryAsync();
        using var host = site.Open();
        var manifest = set.Manifest with { Databases = [.. set.Manifest.Databases.Select(database => database with { Extensions = [.. database.Extensions, new("sispi_stars", "2.1")], Collate = database.Name == "desbrdev" ? "xx_XX.utf8" : database.Collate })] };
        var lacks = await RestoreCheck.LacksAsync(await host.Get<Restorer>().CheckAsync(set, new RestoreRequest(set.Folder, null), Sets.To(empty), new string('a', 32), Nobody, default), manifest, manifest.Databases, default);
        Assert.That(lacks, Has.Some.Match("^extension sispi_stars 2.1, which databases .*decam_prd.* need, is not installed here$"));
        Assert.That(lacks, Has.Some.StartsWith("a database of encoding UTF8 with collation xx_XX.utf8"));

        await File.AppendAllTextAsync(Path.Combine(set.Folder, "globals.sql"), "x");
        var refused = (await Assert.ThrowsAsync<AgentException>(() => host.Get<Restorer>().RunAsync(set, new RestoreRequest(set.Folder, null), Sets.To(empty), Nobody, default)))!;
        Assert.That(refused.Message, Does.Contain("globals.sql: is not as it was written"));
    }
}
