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

    [Test]
    public void What_nobody_has_looked_at_for_weeks_is_forgotten_and_a_weekly_backup_is_not()
    {
        using var folder = new TempFolder();
        var board = new StatusBoard(new AgentDatabase(folder["agent.db"], [StatusBoard.Migration]));
        var at = new DateTimeOffset(2026, 11, 29, 14, 2, 0, TimeSpan.Zero);

        board.Record(new("server2", "WAL sender", "missing", false, at.AddDays(-20)));
        board.Record(new("server2", "backup", "set of Sunday", true, at.AddDays(-14)));
        board.Record(new("server2", "PostgreSQL", "a standby", true, at));

        Assert.That(board.ReadAll().Select(seen => seen.Topic), Is.EqualTo(new[] { "PostgreSQL", "backup" }));
    }

    [Test]
    public void A_disk_that_serves_for_less_now_is_no_second_disk()
    {
        using var folder = new TempFolder();
        var board = new StatusBoard(new AgentDatabase(folder["agent.db"], [StatusBoard.Migration]));
        var at = new DateTimeOffset(2026, 11, 26, 14, 2, 0, TimeSpan.Zero);
        board.Record(new("server2", "backup", "set of Sunday", true, at));
        board.Record(new("server3", "disk of data", "a peer's", true, at));
        board.RecordAll("server2", "disk of ", [new("server2", "disk of data, backups", "half full", true, at)]);

        board.RecordAll("server2", "disk of ", [new("server2", "disk of data", "half full", true, at.AddMinutes(10))]);

        Assert.That(board.ReadAll().Select(seen => (seen.Subject, seen.Topic)), Is.EqualTo(new[] { ("server2", "backup"), ("server2", "disk of data"), ("server3", "disk of data") }));
    }
}
