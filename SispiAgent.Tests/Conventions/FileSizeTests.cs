using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conventions;

internal sealed class FileSizeTests
{
    private const int Limit = 300;

    [Test]
    public void No_file_is_over_300_lines() =>
        Assert.That(TooLong(Repository.Sources("SispiAgent", "SispiAgent.Tests").Select(file => (file, File.ReadAllLines(Repository.Path(file)).Length))), Is.Empty);

    [Test]
    public void A_planted_long_file_is_caught() => Assert.That(TooLong([("a.cs", Limit), ("b.cs", Limit + 1)]), Is.EqualTo(new[] { "b.cs: 301 lines" }));

    private static List<string> TooLong(IEnumerable<(string File, int Lines)> files) =>
        [.. files.Where(file => file.Lines > Limit).Select(file => $"{file.File}: {file.Lines} lines")];
}
