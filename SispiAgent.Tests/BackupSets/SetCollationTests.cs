using System.Text.Json;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

internal sealed class SetCollationTests
{
    [Category("Postgres")]
    [TestCaseSource(typeof(Versions), nameof(Versions.Majors))]
    public async Task What_a_database_needs_is_read_from_servers_of_every_version(int major)
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(major));
        await server.ExecuteAsync("""
            CREATE COLLATION pg_catalog.used_in_domain (LOCALE = 'POSIX'); CREATE COLLATION pg_catalog.used_in_index (LOCALE = 'POSIX'); CREATE COLLATION pg_catalog.used_in_view (LOCALE = 'POSIX');
            CREATE COLLATION pg_catalog.unused (LOCALE = 'POSIX'); CREATE COLLATION pg_catalog.gone (LOCALE = 'POSIX'); CREATE SCHEMA own; CREATE COLLATION own.mine (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
            CREATE DOMAIN own.word AS text COLLATE pg_catalog.used_in_domain; CREATE TABLE own.t (a text COLLATE own.mine, b text COLLATE "C"); CREATE INDEX ON own.t (b COLLATE pg_catalog.used_in_index);
            CREATE VIEW own.v AS SELECT a FROM own.t ORDER BY a COLLATE pg_catalog.used_in_view;
            """);
        await using var connection = await server.OpenAsync("postgres", default);
        await using (var temporary = new Npgsql.NpgsqlCommand("CREATE TEMP TABLE passing (a text COLLATE pg_catalog.gone)", connection))
            await temporary.ExecuteNonQueryAsync();

        var collations = (await SnapshotFacts.ReadAsync(connection, major * 10000, [], default)).Collations;
        SetCollation Libc(string schema, string name, string collate, string type) => new(schema, name, "libc") { Collate = collate, CharacterType = type };
        SetCollation[] expected = [Libc("own", "mine", "C", "POSIX"), .. new[] { "used_in_domain", "used_in_index", "used_in_view" }.Select(name => Libc("pg_catalog", name, "POSIX", "POSIX"))];
        Assert.That(collations, Is.EqualTo(expected));

        // 9.1 to 9.4 have no JSON for it; their columns are there in every later version too
        var plain = await CatalogReader.ReadAsync(connection, SetCollation.Query(90100), row => (row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)), default);
        Assert.That(plain, Is.EqualTo(expected.Select(one => (one.Name, "libc", one.Collate!, one.CharacterType!))));
    }

    [Category("Postgres")]
    [TestCaseSource(typeof(Versions), nameof(Versions.Majors))]
    public async Task A_collation_of_another_provider_is_made_anew_by_what_was_read(int major)
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Versions.Require(major));
        await using var connection = await server.OpenAsync("postgres", default);
        List<SetCollation> made = [];
        if (await CatalogReader.TextAsync(connection, "SELECT 1 FROM pg_collation WHERE collprovider = 'i' LIMIT 1", default) is not null)
            made.AddRange([new("public", "i1", "icu") { Locale = "de-u-co-phonebk" }, .. major >= 12 ? [new SetCollation("public", "i2", "icu") { Locale = "und-u-ks-level2", IsDeterministic = false }] : Array.Empty<SetCollation>(), .. major >= 16 ? [new SetCollation("public", "i3", "icu") { Locale = "und", Rules = "&a < 'g'" }] : Array.Empty<SetCollation>()]);
        if (major >= 17)
            made.Add(new("public", "plain", "builtin") { Locale = "C.UTF-8" });
        foreach (var collation in made)
            await server.ExecuteAsync($"CREATE COLLATION public.{collation.Name} {collation.Sql}");
        await TestContext.Out.WriteLineAsync($"{major}: {string.Join(", ", made.Select(collation => collation.Kind))}");
        Assert.That((await SnapshotFacts.ReadAsync(connection, major * 10000, [], default)).Collations, Is.EqualTo(made));
    }

    [Test]
    public void A_manifest_without_collations_is_read_and_one_with_them_keeps_them()
    {
        var old = JsonSerializer.Deserialize<SetDatabase>("""{"name":"a","owner":"b","encoding":"UTF8","collate":"C","characterType":"C","bytes":1,"snapshotAt":"2026-11-27T00:00:00Z","attempts":1,"tables":[]}""", ManifestFile.Options)!;
        Assert.That(old.Collations, Is.Empty);
        var caseless = new SetCollation("own", "caseless", "icu") { Locale = "und-u-ks-level2", IsDeterministic = false, Rules = "&a < b" };
        var text = JsonSerializer.Serialize(old with { Collations = [caseless] }, ManifestFile.Options);
        Assert.That(JsonSerializer.Deserialize<SetDatabase>(text, ManifestFile.Options)!.Collations, Is.EqualTo(new[] { caseless }));
        Assert.That(text, Does.Not.Contain("CREATE").And.Not.Contain("PROVIDER"));
    }

    [Test]
    public void A_collation_is_made_as_it_was()
    {
        Assert.That(new SetCollation("s", "n", "libc") { Collate = "de_DE.utf8", CharacterType = "C" }.Sql, Is.EqualTo("(LC_COLLATE = 'de_DE.utf8', LC_CTYPE = 'C')"));
        Assert.That(new SetCollation("s", "n", "icu") { Locale = "de" }.Sql, Is.EqualTo("(PROVIDER = icu, LOCALE = 'de')"));
        Assert.That(new SetCollation("s", "n", "icu") { Locale = "de", IsDeterministic = false, Rules = "&'a' < b" }.Sql, Is.EqualTo("(PROVIDER = icu, LOCALE = 'de', DETERMINISTIC = false, RULES = '&''a'' < b')"));
        Assert.That(new SetCollation("s", "n", "builtin") { Locale = "C.UTF-8" }.Sql, Is.EqualTo("(PROVIDER = builtin, LOCALE = 'C.UTF-8')"));
    }
}
