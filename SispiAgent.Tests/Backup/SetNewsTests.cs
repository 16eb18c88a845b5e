using SispiAgent.Backup;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.Backup;

internal sealed class SetNewsTests
{
    private const long Megabyte = 1 << 20;

    private static readonly DateTimeOffset Now = new(2026, 11, 29, 14, 2, 0, TimeSpan.Zero);

    [Test]
    public void An_ordinary_week_is_neither_odd_nor_news()
    {
        var news = SetNews.Of(Set(0, Table("image", 1010)), [Set(7, Table("image", 1000)), Set(14, Table("image", 990))]);
        Assert.That((news.Odd, news.New), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
    }

    [TestCase(1000, 0, "decam_prd: exposure.image has no rows any more; last time it had 1,000.")]
    [TestCase(5, 0, "decam_prd: exposure.image has no rows any more; last time it had 5.")]
    [TestCase(1000, 400, "decam_prd: exposure.image shrank from 1,000 to 400 rows.")]
    [TestCase(1000, 500, null)]
    [TestCase(20, 4, null, Description = "a handful of rows may come and go")]
    [TestCase(0, 0, null)]
    public void Rows_that_vanished_are_odd(long before, long now, string? said) =>
        Assert.That(SetNews.Of(Set(0, Table("image", now)), [Set(7, Table("image", before))]).Odd, Is.EqualTo(said is null ? Array.Empty<string>() : [said]));

    [Test]
    public void Tables_that_came_and_went_are_told_apart()
    {
        var news = SetNews.Of(Set(0, Table("fresh", 1), Table("a\nb", 1)), [Set(7, Table("dropped", 70), Table("empty", 0))]);
        Assert.That(news.Odd, Is.EqualTo(new[] { "decam_prd: exposure.dropped is no longer there; last time it had 70 rows." }));
        Assert.That(news.New, Is.EqualTo(new[] { "decam_prd: 2 new tables: exposure.fresh, exposure.\"a\\u000Ab\".", "decam_prd: 1 table without rows no longer there: exposure.empty." }));
    }

    [Test]
    public void A_table_that_grew_large_or_moved_is_named_with_both_units()
    {
        var news = SetNews.Of(
            Set(0, Table("image", 10, "table exposure.image"), Table("hdu", 10, "group keep")) is var now ? now with
            {
                Databases = [now.Databases[0] with { Units = [new("table exposure.image", UnitKind.Tables, "i.dump", 1, ""), new("group keep", UnitKind.Tables, "k.dump", 1, "")] }],
            } : now,
            [Set(7, Table("image", 10, "schema exposure"), Table("hdu", 10, "rest"))]);
        Assert.That(news.New, Is.EqualTo(new[]
        {
            "decam_prd: table exposure.image is large now and has a file of its own (1 MB); before it was in schema exposure.",
            "decam_prd: moved from rest to group keep: exposure.hdu.",
        }));
    }

    [TestCase(100, 210, "decam_prd.schema.exposure.dump is 210 MB; usual is 100 MB.")]
    [TestCase(100, 40, "decam_prd.schema.exposure.dump is 40 MB; usual is 100 MB.")]
    [TestCase(100, 190, null)]
    public void A_file_far_off_the_median_is_odd(long usual, long now, string? said)
    {
        var earlier = new[] { usual, 3 * usual, usual + 5, usual - 5, usual }.Select((size, week) => Sized(7 * (week + 1), size * Megabyte)).ToArray();
        Assert.That(SetNews.Of(Sized(0, now * Megabyte), earlier).Odd, Is.EqualTo(said is null ? Array.Empty<string>() : [said]));
    }

    [Test]
    public void Two_sets_make_nothing_usual() => Assert.That(SetNews.Of(Sized(0, 900 * Megabyte), [Sized(7, Megabyte), Sized(14, Megabyte)]).Odd, Is.Empty);

    [Test]
    public void A_file_whose_tables_changed_may_have_another_size()
    {
        var earlier = Enumerable.Range(1, 5).Select(week => With(Sized(7 * week, 500 * Megabyte), Table("image", 10, "schema exposure"))).ToArray();
        Assert.That(SetNews.Of(With(Sized(0, 20 * Megabyte), Table("image", 10, "table exposure.image")), earlier).Odd, Is.Empty);
    }

    [Test]
    public void A_lost_database_is_odd_and_a_new_one_is_news()
    {
        var before = Set(7);
        var news = SetNews.Of(Set(0) with { Databases = [Database("other")] }, [before]);
        Assert.That(news.Odd, Is.EqualTo(new[] { "Database decam_prd is no longer there." }));
        Assert.That(news.New.Single(), Does.StartWith("New database: other"));
    }

    [Test]
    public void Many_vanished_tables_are_counted_beyond_the_largest()
    {
        SetTable[] tables = [.. Enumerable.Range(1, 40).Select(number => Table($"t{number:00}", number))];
        var odd = SetNews.Of(Set(0, [.. tables.Select(table => table with { Rows = 0 })]), [Set(7, tables)]).Odd;
        Assert.That(odd[0], Does.Contain("exposure.t40"));
        Assert.That(odd[^1], Does.StartWith("… and 32 more like these"));
    }

    internal static SetTable Table(string name, long rows, string? unit = null) => new(name.GetHashCode(StringComparison.Ordinal), "exposure", name, Megabyte, rows, null) { Unit = unit };

    internal static SetManifest Set(int daysAgo, params SetTable[] tables) => new(1, "server2", SetName.For(Now.AddDays(-daysAgo)), "7", 1, "15.20", 150020, "0.2", "15.20", Now.AddDays(-daysAgo), Now.AddDays(-daysAgo).AddMinutes(5), "12", "15", [Database("decam_prd", tables)], [], [], []);

    private static SetDatabase Database(string name, params SetTable[] tables) => new(name, "postgres", "UTF8", "C", "C", 8 * Megabyte, "1", "0/1", Now, 1, tables);

    private static SetManifest Sized(int daysAgo, long bytes) => Set(daysAgo) with
    {
        Files = [new("decam_prd.schema.exposure.dump", "dump", "decam_prd", "schema exposure", null, null, null, Now, Now, bytes, "", [])],
    };

    private static SetManifest With(SetManifest set, params SetTable[] tables) => set with { Databases = [set.Databases[0] with { Tables = tables }] };
}
