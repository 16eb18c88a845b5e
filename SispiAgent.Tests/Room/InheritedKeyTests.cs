using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>Keys of tables with children, and keys that sequences feed.</summary>
[Category("Postgres")]
internal sealed class InheritedKeyTests
{
    [Test]
    public async Task A_key_of_children_is_told_once_by_the_table_that_it_comes_from()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("""
            CREATE TABLE old (id int, night int);
            CREATE TABLE mid () INHERITS (old); CREATE TABLE a (UNIQUE (id)) INHERITS (mid); CREATE TABLE b (UNIQUE (id)) INHERITS (mid);
            INSERT INTO a SELECT 2000000000 + i FROM generate_series(1, 1000) i; INSERT INTO b SELECT 2100000000 + i FROM generate_series(1, 1000) i;
            CREATE TABLE parted (id int, night int) PARTITION BY LIST (night);
            CREATE TABLE parted_1 PARTITION OF parted (UNIQUE (id)) FOR VALUES IN (1); INSERT INTO parted SELECT 2100000000 + i, 1 FROM generate_series(1, 1000) i;
            CREATE TABLE ranged (id int PRIMARY KEY) PARTITION BY RANGE (id);
            CREATE TABLE ranged_1 PARTITION OF ranged FOR VALUES FROM (1) TO (MAXVALUE); INSERT INTO ranged SELECT 2100000000 + i FROM generate_series(1, 1000) i;
            CREATE TABLE partly (id int); CREATE UNIQUE INDEX ON partly (id) WHERE id > 0; INSERT INTO partly SELECT 2100000000 + i FROM generate_series(1, 1000) i;
            ANALYZE;
            """);

        var findings = await site.Keys.RunAsync(default);

        Assert.That(findings.Select(finding => finding.Subject), Is.EquivalentTo(new[] { "server2/postgres/public.old.id", "server2/postgres/public.parted.id", "server2/postgres/public.ranged.id" }));
        Assert.That(findings.Single(finding => finding.Subject.EndsWith("old.id", StringComparison.Ordinal)).Evidence[0], Does.Contain("2,100,001,000 of"));
        foreach (var finding in findings)
        {
            if (finding.Subject.EndsWith("ranged.id", StringComparison.Ordinal))
                Assert.That(finding.Remedy.Single(), Does.Contain("partitioned by this column"));
            else
                await server.ExecuteAsync(finding.Remedy[0][finding.Remedy[0].IndexOf("ALTER TABLE", StringComparison.Ordinal)..]);
        }

        Assert.That((await site.Keys.RunAsync(default)).Select(finding => finding.Subject), Is.EqualTo(new[] { "server2/postgres/public.ranged.id" }), "each remedy to the letter gives it room");
    }

    [Test]
    public async Task A_serial_key_is_told_by_its_sequence_alone_also_where_a_child_holds_the_rows()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var site = new RoomSite(server);
        await server.ExecuteAsync("""
            CREATE TABLE plain (id serial PRIMARY KEY); INSERT INTO plain SELECT 2000000000 + i FROM generate_series(1, 1000) i; SELECT setval('plain_id_seq', 2000001000);
            CREATE TABLE top (id serial); CREATE TABLE child (UNIQUE (id)) INHERITS (top); INSERT INTO child SELECT 2000000000 + i FROM generate_series(1, 1000) i; SELECT setval('top_id_seq', 2000001000);
            CREATE TABLE attached (id serial UNIQUE, night int NOT NULL); INSERT INTO attached SELECT 2000000000 + i, 1 FROM generate_series(1, 1000) i; SELECT setval('attached_id_seq', 2000001000);
            CREATE TABLE whole (id int NOT NULL, night int NOT NULL) PARTITION BY LIST (night); ALTER TABLE whole ATTACH PARTITION attached FOR VALUES IN (1);
            CREATE TABLE byhand (id serial PRIMARY KEY); INSERT INTO byhand SELECT 2100000000 + i FROM generate_series(1, 1000) i;
            ANALYZE;
            """);

        var findings = await site.Keys.RunAsync(default);

        Assert.That(findings.Select(finding => (finding.Code, finding.Subject)), Is.EquivalentTo(new[]
        {
            (KeysJudge.Sequence, "server2/postgres/public.plain_id_seq"), (KeysJudge.Sequence, "server2/postgres/public.top_id_seq"), (KeysJudge.Sequence, "server2/postgres/public.attached_id_seq"),
            (KeysJudge.Key, "server2/postgres/public.byhand.id"),
        }));
        Assert.That(findings.Single(finding => finding.Subject.EndsWith("attached_id_seq", StringComparison.Ordinal)).Remedy[0], Does.EndWith("ALTER TABLE public.whole ALTER COLUMN id TYPE bigint;"));
    }
}
