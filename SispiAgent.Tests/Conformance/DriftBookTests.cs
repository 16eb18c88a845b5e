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
        var book = new DriftBook(new AgentDatabase(_folder["agent.db"], [DriftBook.Migration]));
        book.Record("server2", ["a = 1", "b = 2"], Monday);
        book.Record("server2", ["a = 1", "b = 2"], Monday.AddDays(1));
        Assert.That(book.ClaimFor("first"), Is.Empty);

        book.Record("server2", ["a = 1", "b = 3"], Monday.AddDays(2));

        var told = book.ClaimFor("second").Single();
        Assert.That((told.Node, told.Since, told.At), Is.EqualTo(("server2", Monday.AddDays(1), Monday.AddDays(2))));
        Assert.That(told.Diff, Is.EqualTo(new[] { "- b = 2", "+ b = 3" }));
        Assert.That(book.ClaimFor("third"), Is.Empty);
        Assert.That(book.ClaimFor("second"), Has.Count.EqualTo(1));
        Assert.That(book.Since(Monday.AddDays(2)), Has.Count.EqualTo(1));
    }
}
