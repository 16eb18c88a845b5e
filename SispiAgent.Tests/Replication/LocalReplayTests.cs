using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class LocalReplayTests
{
    [TestCase("postgres: startup recovering 000000010000000000000005|postgres: startup recovering 000000010000000000000009", "TrueTrue")]
    [TestCase("postgres: startup recovering 000000010000000000000005|postgres: startup recovering 000000010000000000000005", "TrueFalse", Description = "it has all and stands")]
    [TestCase("postgres: startup process   recovering 000000010000000000000005|postgres: startup process   waiting for 000000010000000000000006", "TrueFalse", Description = "it waits for the primary")]
    [TestCase("postgres: startup waiting for 000000010000000000000006|postgres: startup waiting for 000000010000000000000007", "FalseFalse")]
    [TestCase("postgres: startup|", "FalseFalse", Description = "no titles")]
    public void It_goes_on_as_long_as_its_segment_moves(string titles, string expected)
    {
        var replay = new LocalReplay();

        Assert.That(string.Concat(titles.Split('|').Select(title => replay.IsGoingOn(title.Length == 0 ? null : title))), Is.EqualTo(expected));
    }
}
