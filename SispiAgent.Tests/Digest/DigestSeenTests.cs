using SispiAgent.Digest;
using SispiAgent.History;
using SispiAgent.Peers;

namespace SispiAgent.Tests.Digest;

internal sealed class DigestSeenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 11, 0, 0, TimeSpan.Zero);

    [Test]
    public void What_only_the_primary_sees_of_a_standby_is_kept_and_of_the_same_the_newest()
    {
        var answer = new PeerAnswer("server3", new PeerFacts(1, "1", "server3", "", Now, null, [])
        {
            Seen = [Fact("server3", "PostgreSQL", "standby"), Fact("server3", "restore drill", "passed"), Fact("server3", "WAL runway", "keeps, when it was the primary") with { At = Now.AddDays(-9) }, Fact("server2", "agent", "answers")],
        }, Now, 0, null);
        Observation[] own = [new("server3", "WAL runway", "connected", true, Now), new("server2", "PostgreSQL", "primary", true, Now), new("server3", "restore drill", "old", false, Now.AddDays(-30))];

        Assert.That(DigestSeen.Join(own, [answer]).Select(seen => (seen.Subject, seen.Topic, seen.Text)), Is.EquivalentTo(new[]
        {
            ("server3", "WAL runway", "connected"), ("server2", "PostgreSQL", "primary"), ("server3", "PostgreSQL", "standby"), ("server3", "restore drill", "passed"),
        }));
    }

    private static SeenFacts Fact(string subject, string topic, string text) => new(subject, topic, text, true, Now);
}
