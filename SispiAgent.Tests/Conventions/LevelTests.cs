using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace SispiAgent.Tests.Conventions;

internal sealed class LevelTests
{
    private static readonly Architecture Ours = new ArchLoader().LoadAssemblies(typeof(AgentException).Assembly, typeof(LevelTests).Assembly).Build();

    [Test]
    public void Folders_know_only_lower_levels() => Assert.That(Levels.Violations(Ours, "SispiAgent"), Is.Empty);

    [Test]
    public void Planted_violations_are_caught()
    {
        var caught = Levels.Violations(Ours, "SispiAgent.Tests.Conventions.Planted");

        Assert.That(caught, Has.Some.Contains("level 0 may not use level 7"));
        Assert.That(caught, Has.Some.Contains("neighbours on one level"));
        Assert.That(caught, Has.Some.Contains("a probe judges and raises nothing"));
        Assert.That(caught, Has.Some.Contains("MimeKit is used in"));
        Assert.That(caught, Has.Some.Contains("has no level"));
    }
}
