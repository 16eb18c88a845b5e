using SispiAgent.Conformance;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

internal sealed class DriftBookTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 10, 15, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_change_is_told_with_its_times_by_one_mail_and_again_by_that_one()
    {
        var book = new DriftBook(new AgentDatabase(_folder["agent.db"], [DriftBook.Migration, DriftBook.KindMigration]));
        book.Record("server2", Seen(["a = 1", "b = 2"]), Monday);
        book.Record("server2", Seen(["a = 1", "b = 2"]), Monday.AddDays(1));
        Assert.That(book.ClaimFor("first"), Is.Empty);

        book.Record("server2", Seen(["a = 1", "b = 3"]), Monday.AddDays(2));

        var told = book.ClaimFor("second").Single();
        Assert.That((told.Node, told.Since, told.At), Is.EqualTo(("server2", Monday.AddDays(1), Monday.AddDays(2))));
        Assert.That(told.Diff, Is.EqualTo(new[] { "- b = 2", "+ b = 3" }));
        Assert.That(book.ClaimFor("third"), Is.Empty);
        Assert.That(book.ClaimFor("second"), Has.Count.EqualTo(1));
        Assert.That(book.Since(Monday.AddDays(2)), Has.Count.EqualTo(1));
    }

    /// <summary>After a failover the standby's files are looked at no more, but the running server: 43200 is 43200 min, and no change.</summary>
    [TestCase("log_rotation_age = 43200 min", "log_rotation_age = 43200", true)]
    [TestCase("shared_buffers = 1048576 8kB", "shared_buffers = 8GB", true)]
    [TestCase("deadlock_timeout = 1000 ms", "deadlock_timeout = 1000", true)]
    [TestCase("TimeZone = UTC", "timezone = Etc/UTC", true)]
    [TestCase("fsync = on", "fsync = true", true)]
    [TestCase("shared_buffers = 1048576 8kB", "shared_buffers = 4GB", false)]
    [TestCase("deadlock_timeout = 1000 ms", "deadlock_timeout = 2000", false)]
    [TestCase("search_path = a", "search_path = b", false)]
    public void Another_kind_of_look_is_compared_by_what_it_means(string running, string file, bool isSame)
    {
        foreach (var (before, now) in new[] { (running, file), (file, running) })
        {
            var book = new DriftBook(new AgentDatabase(_folder[$"{before.Length}-{now.Length}-{before == running}.db"], [DriftBook.Migration, DriftBook.KindMigration]));
            book.Record("server3", new(before == running ? "server" : "files", ["a = 1", before, "by_the_start_script = 1"], ["a = 1", before]), Monday);
            book.Record("server3", new(before == running ? "files" : "server", ["a = 1", now], ["a = 1", now]), Monday.AddDays(1));

            Assert.That(book.ClaimFor("mail").SelectMany(change => change.Diff), Is.EqualTo(isSame ? [] : new[] { $"- {before}", $"+ {now}" }));
        }
    }

    [Test]
    public void The_look_before_an_upgrade_is_compared_as_it_stands()
    {
        using (var old = new AgentDatabase(_folder["old.db"], [DriftBook.Migration]).Open())
            old.Execute("INSERT INTO configuration_seen (node, at, text) VALUES ('server3', $at, 'a = 1')", ("$at", SqliteCommands.Text(Monday)));
        var book = new DriftBook(new AgentDatabase(_folder["old.db"], [DriftBook.Migration, DriftBook.KindMigration]));

        book.Record("server3", Seen(["a = 2"]), Monday.AddDays(1));

        Assert.That(book.ClaimFor("mail").Single().Diff, Is.EqualTo(new[] { "- a = 1", "+ a = 2" }));
    }

    private static SeenConfiguration Seen(string[] lines) => new("server", lines, lines);
}
