using SispiAgent.BackupSets;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

internal sealed class DumpListingTests
{
    [TestCaseSource(nameof(Versions))]
    public void The_contents_are_found_in_what_each_version_prints(string version)
    {
        var lines = Recorded.Lines(version, "toc.txt");
        var listing = DumpListing.Parse(lines);
        var isPartitioned = Recorded.Number(version) >= 100000;
        Assert.That(listing.Tables, Has.Count.EqualTo(isPartitioned ? 6 : 3).And.All.GreaterThan(16000));
        Assert.That(listing.Sequences, Is.EqualTo(isPartitioned ? 2 : 1));
        Assert.That(listing.Views, Has.Count.EqualTo(Recorded.Number(version) >= 90300 ? 1 : 0));
        Assert.That(listing.HasLargeObjects, Is.True);
    }

    [TestCaseSource(nameof(Versions))]
    public void Every_line_is_an_entry_that_is_written_as_it_was_read(string version)
    {
        var lines = Recorded.Lines(version, "toc.txt").Where(line => line.Length > 0 && line[0] != ';').ToArray();
        Assert.That(lines.Select(line => DumpEntry.TryParse(line)!.ToString()), Is.EqualTo(lines));
        Assert.That(lines.Select(line => DumpEntry.TryParse(line)!.Description), Has.None.EqualTo("DATA").And.None.EqualTo("TEXT").And.None.EqualTo("FK"));
    }

    [TestCase("219; 1259 16419 TABLE DATA beleg postgres", "TABLE", "DATA beleg postgres", TestName = "a table in schema DATA")]
    [TestCase("219; 0 16419 TABLE DATA DATA TABLE DATA postgres", "TABLE DATA", "DATA TABLE DATA postgres", TestName = "rows in schema DATA")]
    [TestCase("219; 1259 16419 SEQUENCE SET s postgres", "SEQUENCE", "SET s postgres", TestName = "a sequence in schema SET")]
    [TestCase("219; 1259 16419 MATERIALIZED VIEW DATA v postgres", "MATERIALIZED VIEW", "DATA v postgres", TestName = "a materialized view in schema DATA")]
    [TestCase("1; 0 0 SEQUENCE SET a; b \"c ", "SEQUENCE SET", "a; b \"c ", TestName = "names with semicolons")]
    [TestCase("2; 2613 4294967295 BLOB - 4294967295 postgres", "BLOB", "- 4294967295 postgres", TestName = "a large oid")]
    [TestCase("9; 0 0 STATISTICS DATA s t ", "STATISTICS DATA", "s t ", TestName = "statistics of 18")]
    public void An_entry_is_told_from_its_catalog(string line, string description, string names)
    {
        var entry = DumpEntry.TryParse(line)!;
        Assert.That((entry.Description, entry.Names, entry.ToString()), Is.EqualTo((description, names, line)));
    }

    [TestCase("")]
    [TestCase(";     dbname: 1; 0 1 TABLE DATA x y z")]
    [TestCase("x; 0 1 TABLE DATA x y z")]
    [TestCase("1; 0 TABLE")]
    public void What_is_no_entry_is_none(string line) => Assert.That(DumpEntry.TryParse(line), Is.Null);

    private static string[] Versions() => Recorded.Versions("toc.txt");
}
