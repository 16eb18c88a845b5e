using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>Sequences and keys where one database of several lets nobody in.</summary>
[Category("Postgres")]
internal sealed class ClosedDatabaseTests
{
    [Test]
    public async Task A_database_that_lets_nobody_in_is_told_and_the_others_are_judged()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("CREATE DATABASE closed");
        await server.ExecuteAsync("CREATE SEQUENCE short MAXVALUE 10; SELECT setval('short', 10)");
        var access = Path.Combine(server.DataDirectory, "pg_hba.conf");
        var before = await File.ReadAllTextAsync(access);
        await File.WriteAllTextAsync(access, "local closed all reject\nhost closed all all reject\n" + before);
        await server.ExecuteAsync("SELECT pg_reload_conf()");

        var findings = await Eventually.GetAsync(async () => await site.Keys.RunAsync(default) is { Count: 2 } both ? both : null, "a closed database");

        Assert.That(findings.Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (KeysJudge.Sequence, "server2/postgres/public.short"), (KeysJudge.Unread, "server2/closed") }));
        Assert.That(findings[1].Evidence.Single(), Does.StartWith("closed: 28000"));
        Assert.That(site.Keys.Unseen, Is.EqualTo(new[] { new SispiAgent.Findings.Unseen("server2/closed") }));
        Assert.That(findings[1].Remedy[0], Does.Contain("SELECT pg_reload_conf();"));

        await File.WriteAllTextAsync(access, before);
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => (await site.Keys.RunAsync(default)).Count == 1, "an open database");
        Assert.That(site.Keys.Unseen, Is.Empty);
    }

    [Test]
    public async Task A_database_that_was_half_dropped_is_left_out()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("CREATE DATABASE half");
        await server.ExecuteAsync("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half'");

        Assert.That(await site.Keys.RunAsync(default), Is.Empty);
    }
}
