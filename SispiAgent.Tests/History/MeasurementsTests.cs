using Microsoft.Extensions.Time.Testing;
using SispiAgent.History;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.History;

internal sealed class MeasurementsTests
{
    private const string Wal = "WAL written, bytes";
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void What_was_measured_is_read_by_node_and_quantity_in_its_order_after_a_restart_too()
    {
        var at = _time.GetUtcNow();
        Open().Record(new("server2", Wal, 30, at.AddSeconds(2)), new Measurement("server2", Wal, 10, at), new("server3", Wal, 7, at), new("server2", "connections", 5, at));
        Open().Record(new Measurement("server2", Wal, 20, at.AddSeconds(1)));

        var measured = Open();
        Assert.That(measured.Read("server2", Wal, at).Select(one => one.Value), Is.EqualTo(new long[] { 10, 20, 30 }));
        Assert.That(measured.Read("server2", Wal, at.AddSeconds(1)), Has.Count.EqualTo(2));
        Assert.That(measured.Latest("server2", Wal), Is.EqualTo(new Measurement("server2", Wal, 30, at.AddSeconds(2))));
        Assert.That(measured.LatestAt("server2", Wal, at.AddSeconds(1.5))?.Value, Is.EqualTo(20));
        Assert.That(measured.LatestAt("server2", Wal, at.AddSeconds(-1)), Is.Null);
        Assert.That(measured.Latest("des10", Wal), Is.Null);
    }

    [Test]
    public void A_year_is_thinned_to_minutes_hours_and_days_and_still_ends_each_of_them_as_it_did()
    {
        var measured = Open();
        List<Measurement> batch = [];
        for (var minute = 0; minute < 366 * 24 * 60; minute += minute > 363 * 24 * 60 ? 1 : 10)
        {
            batch.Add(new("server2", Wal, minute, _time.GetUtcNow().AddMinutes(minute)));
        }

        _time.Advance(TimeSpan.FromDays(366));
        measured.Record([.. batch]);

        var now = _time.GetUtcNow();
        Assert.That(measured.Count(), Is.InRange(1440 + (30 * 24) + 330, 1440 + (31 * 24) + 340));
        Assert.That(measured.Read("server2", Wal, now.AddDays(-1)), Has.Count.EqualTo(1440));
        Assert.That(measured.LatestAt("server2", Wal, now.AddDays(-200))?.Value, Is.EqualTo((166 * 24 * 60) - 10), "the last of its day");

        _time.Advance(TimeSpan.FromDays(2 * 366));
        measured.Record(new Measurement("server2", Wal, 0, _time.GetUtcNow()));
        Assert.That(measured.Count(), Is.EqualTo(1), "two years later nothing of it is left");
    }

    [Test]
    public void A_trend_is_what_grew_in_the_time_that_was_watched()
    {
        var at = _time.GetUtcNow();
        Measurement[] measured = [new("n", "q", 100, at), new("n", "q", 400, at.AddSeconds(10)), new("n", "q", 50, at.AddSeconds(20)), new("n", "q", 250, at.AddSeconds(50))];

        Assert.That(Trend.RisePerSecond(measured, TimeSpan.Zero), Is.EqualTo(10), "300 and 200 in 50 s; the step back is a new beginning");
        Assert.That(Trend.ChangePerSecond(measured, TimeSpan.Zero), Is.EqualTo(3));
        Assert.That(Trend.RisePerSecond(measured, TimeSpan.FromMinutes(1)), Is.Null, "watched for too short a time");
        Assert.That(Trend.ChangePerSecond(measured[..1], TimeSpan.Zero), Is.Null);
    }

    private Measurements Open() => new(new AgentDatabase(_folder["agent.db"], [Measurements.Migration]), _time);
}
