using SispiAgent.Findings;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conventions;

internal sealed class FindingPageTests
{
    private static readonly FindingCode PlantedCode = new("planted.without-page");

    [Test]
    public void Every_finding_has_its_page_and_every_page_its_finding()
    {
        var pages = Directory.EnumerateFiles(Repository.Path("docs", "findings"), "*.md").ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

        Assert.That(FindingPages.Violations(FindingPages.Codes(typeof(AgentException).Assembly.GetTypes()), pages), Is.Empty);
    }

    [Test]
    public void Planted_violations_are_caught()
    {
        var codes = FindingPages.Codes([typeof(FindingPageTests)]);
        var caught = FindingPages.Violations([.. codes, "a.b", "a.b"], new Dictionary<string, string> { ["a.b"] = "# a.b\n## What to do\n", ["orphan.page"] = "", ["room.mute"] = "# room.mute\n## What it means\n## What is checked\n## What to do\nWorks from 9.0 for any role.\n" });

        Assert.That(codes, Is.EqualTo(new[] { PlantedCode.Value }));
        Assert.That(caught, Is.EqualTo(new[]
        {
            "a.b is declared twice",
            "docs/findings/planted.without-page.md is missing",
            "docs/findings/orphan.page.md has no finding",
            "docs/findings/room.mute.md has no finding",
            "docs/findings/a.b.md has not the headings # a.b, ## What it means, ## What is checked, ## What to do",
            "docs/findings/orphan.page.md has not the headings # orphan.page, ## What it means, ## What is checked, ## What to do",
            "docs/findings/room.mute.md does not say from which version of PostgreSQL on it is checked",
            "docs/findings/room.mute.md does not say which right the look needs",
        }));
    }
}
