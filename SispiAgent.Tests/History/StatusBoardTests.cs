using SispiAgent.History;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.History;

internal sealed class StatusBoardTests
{
    [Test]
    public void The_newest_observation_of_a_topic_replaces_the_one_before()
    {
        using var folder = new TempFolder();
        var board = new StatusBoard(new AgentDatabase(folder["agent.db"], [StatusBoard.Migration]));
        var at = new DateTimeOffset(2026, 11, 26, 14, 2, 0, TimeSpan.Zero);

        board.Record(new("server2", "PostgreSQL", "accepting connections", true, at));
        board.Record(new("server2", "backup", "set of Sunday", true, at));
        board.Record(new("server2", "PostgreSQL", "refuses connections", false, at.AddMinutes(1)));

        Assert.That(board.ReadAll(), Is.EqualTo(new[]
        {
            new Observation("server2", "PostgreSQL", "refuses connections", false, at.AddMinutes(1)),
            new Observation("server2", "backup", "set of Sunday", true, at),
        }));
    }
}
