using SispiAgent.Liveness;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Liveness;

internal sealed class SuspicionTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 26, 14, 0, 0, TimeSpan.Zero);

    private readonly Suspicion _suspicion = new();

    [TestCase(-1, true)]
    [TestCase(0, true)]
    [TestCase(1, false)]
    public void The_agents_word_counts_once_it_has_looked_afterwards(int looked, bool isTooOld)
    {
        _suspicion.Note(new ServerStatus("server2", At, Reach.Refusing));
        _suspicion.Note(new ServerStatus("server2", At.AddSeconds(30), Reach.Refusing));

        Assert.That(_suspicion.IsNewerThan(Answer(At.AddSeconds(looked))), Is.EqualTo(isTooOld));
    }

    [Test]
    public void What_is_seen_otherwise_than_before_begins_anew()
    {
        _suspicion.Note(new ServerStatus("server2", At, Reach.Accepting));
        _suspicion.Note(new ServerStatus("server2", At.AddSeconds(30), Reach.Refusing));

        Assert.That(_suspicion.IsNewerThan(Answer(At.AddSeconds(20))));
    }

    [Test]
    public void Silence_is_never_newer_or_older() => Assert.That(_suspicion.IsNewerThan(new PeerAnswer("server2", null, null, 2, "no route to host")), Is.False);

    private static PeerAnswer Answer(DateTimeOffset observedAt) =>
        new("server2", new PeerFacts(1, "1", "server2", "", observedAt, new ServerFacts("Accepting", true, "primary", 150000, "1", 1, "0/1", null), []), observedAt, 0, null);
}
