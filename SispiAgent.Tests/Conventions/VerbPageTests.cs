using System.CommandLine;
using SispiAgent.Cli;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conventions;

internal sealed class VerbPageTests
{
    [Test]
    public void Every_verb_has_its_section_in_the_README() =>
        Assert.That(VerbPages.Violations(CommandLine.Create(), File.ReadAllText(Repository.Path("README.md"))), Is.Empty);

    [Test]
    public void A_planted_verb_without_a_section_is_caught()
    {
        var verb = new Command("show");
        verb.SetAction(_ => 0);
        RootCommand root = [new Command("backup") { verb }];

        Assert.That(VerbPages.Violations(root, "# nothing"), Is.EqualTo(new[] { "README.md has no heading \"### sispi-agent backup show\"" }));
    }
}
