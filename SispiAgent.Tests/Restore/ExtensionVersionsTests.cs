using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class ExtensionVersionsTests
{
    [TestCase("1.1", "1.1", "", null)]
    [TestCase("1.1", "1.2", "1.1>1.2", null)]
    [TestCase("1.1", "1.2", "", null, Description = "newer, without a way from there")]
    [TestCase("1.2", "1.1", "1.1>1.2", "would come as the older 1.1 here")]
    [TestCase("1.2", "1.1", "", "would come as the older 1.1 here")]
    [TestCase("1.2", "1.1", "1.1>1.2 1.2>1.1", "would come as the older 1.1 here", Description = "there is a way down: older all the same")]
    [TestCase("1.10", "1.9", "", "would come as the older 1.9 here")]
    [TestCase("1.9", "1.10", "", null)]
    [TestCase("3.4", "3.4.0", "", null)]
    [TestCase("3.4.1", "3.4", "", "would come as the older 3.4 here")]
    [TestCase("next", "prior", "prior>next", "would come as the older prior here")]
    [TestCase("prior", "next", "prior>next", null)]
    [TestCase("3.4.0dev", "3.3", "3.3>3.4.0dev 3.4.0dev>3.3", null, Description = "nobody can tell")]
    [TestCase("1.1", null, "", null)]
    public void Only_an_older_version_is_a_lack(string needed, string? standard, string paths, string? expected) =>
        Assert.That(ExtensionVersions.Problem(needed, standard, [.. paths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => path.Split('>')).Select(ends => (ends[0], ends[1]))]), Is.EqualTo(expected));
}
