using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Mail;

namespace SispiAgent.Tests.Backup;

internal sealed class BackupLetterTests
{
    private static readonly TimeZoneInfo Santiago = TimeZoneInfo.FindSystemTimeZoneById("America/Santiago");

    [Test]
    public void What_is_odd_is_in_the_subject_and_before_everything_else()
    {
        var letter = BackupLetter.Write(Outcome(SetNewsTests.Set(0, SetNewsTests.Table("image", 0), SetNewsTests.Table("hdu", 1)), SetNewsTests.Set(7, SetNewsTests.Table("image", 41_000_000), SetNewsTests.Table("hdu", 5000))), Santiago);

        Assert.That(letter.Subject, Is.EqualTo("backup of server2 done, 2 things odd: 0 bytes in 5 min"));
        var text = TextBody.Render(letter.Blocks);
        Assert.That(text.IndexOf("image has no rows any more; last time it had 41,000,000.", StringComparison.Ordinal), Is.InRange(0, 200));
        Assert.That(text, Does.Contain("No restore drill has passed yet"));
    }

    [Test]
    public void A_missing_copy_a_removal_and_a_drill_are_told_with_all_that_is_to_be_known()
    {
        var outcome = Outcome(SetNewsTests.Set(0, SetNewsTests.Table("image", 1010)), SetNewsTests.Set(7, SetNewsTests.Table("image", 1000))) with
        {
            Copies = [new("server3", "/raid3/database/db_backup", null), new("fnal", "/sispi", "rsync ended with exit code 12")],
            Pruned = [new("server2/20251122T140200Z", "16 newer verified sets are there", "server2/20251129T140200Z", 3L << 30, default, default(DateTimeOffset), null)],
            NextToGo = "16 sets are kept here.",
            LastDrill = new(new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero), "server2/20261122T140200Z"),
        };
        var letter = BackupLetter.Write(outcome, Santiago);

        Assert.That(letter.Subject, Does.Contain(", copy missing"));
        foreach (var body in new[] { TextBody.Render(letter.Blocks), HtmlBody.Render("x", letter.Blocks).Replace("<wbr>", "", StringComparison.Ordinal) })
        {
            foreach (var fact in new[] { "server3: proven there, in /raid3/database/db_backup", "fnal: MISSING. rsync ended with exit code 12", "backup copy server2/20261129T140200Z", "3 GB", "server2/20251129T140200Z", "16 sets are kept here.", "The last restore drill passed Sun 2026-11-22 15:00 -03 (18:00 UTC)", "1,010 rows (+10)" })
                Assert.That(body, Does.Contain(fact));
        }
    }

    [Test]
    public void Hostile_names_break_no_line_and_no_tag()
    {
        string[] hostile = ["a\nSubject: forged", "tab\tand\rreturn", "<script>alert(1)</script>", "a\u2028b", new string('x', 63), "zwölf|pipe*%"];
        var letter = BackupLetter.Write(Outcome(SetNewsTests.Set(0, [.. hostile.Select(name => SetNewsTests.Table(name, 0))]), SetNewsTests.Set(7, [.. hostile.Select(name => SetNewsTests.Table(name, 500))])), Santiago);
        var text = TextBody.Render(letter.Blocks);

        Assert.That(text.Split('\n'), Has.None.StartWith("Subject:"));
        Assert.That(text.Where(c => c != '\n' && (char.IsControl(c) || c is '\u2028')), Is.Empty);
        Assert.That(HtmlBody.Render("x", letter.Blocks), Does.Not.Contain("<script"));
        Assert.That(text, Does.Contain("zwölf|pipe*%"));
    }

    [Test]
    public void A_tab_in_a_cell_tears_no_column() =>
        Assert.That(TextBody.Render([new Block.Table(["a", "b"], [["x\ty", "1"], ["long name", "2"]], [])]), Is.EqualTo("a          b\nx y        1\nlong name  2\n"));

    private static BackupOutcome Outcome(SetManifest now, params SetManifest[] earlier) =>
        new(new($"/raid2/database/db_backup/server2/{now.Name}", now.Started, now), [.. earlier.Select(set => new BackupSet("", set.Started, set))], [], [], "");
}
