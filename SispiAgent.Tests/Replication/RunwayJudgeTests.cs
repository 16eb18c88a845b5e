using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class RunwayJudgeTests
{
    private const long Segment = WalLayout.UsualSegmentBytes;
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly WalRates Steady = new(1 << 20, 1 << 20, 1 << 20);
    private static readonly Node Des10 = new("des10", NodeKind.Mirror, "des10", 5442) { DataDirectory = "", SocketDirectory = "", BackupDirectory = "", SshPort = 22, SshUser = "" };

    [Test]
    public void The_guides_64_segments_are_counted_from_the_beginning_of_the_segment_that_is_needed()
    {
        // needs segment 100, the primary is half through 110: until 165 begins, 54.5 segments are left
        var runway = Judge(Kept(90000, 110.5, oldest: 40), Gone(100.9));

        Assert.That((runway.State, runway.LeftBytes), Is.EqualTo((RunwayState.Counting, (long)(54.5 * Segment))));
        Assert.That(runway.Deadline, Is.EqualTo(Now.AddSeconds(54.5 * 16)));
        Assert.That(runway.ProbableLoss, Is.EqualTo(Now.AddMinutes(17)), "checkpoints begin every five minutes, the last did half a minute ago, and take half of them");
        Assert.That(runway.NeededFile, Is.EqualTo("000000010000000000000064"));
    }

    [Test]
    public void From_9_3_a_log_file_has_one_segment_more()
    {
        var before = Judge(Kept(90200, 300, oldest: 200), Gone(254));
        var after = Judge(Kept(90300, 300, oldest: 200), Gone(254));

        Assert.That(before.LeftBytes, Is.EqualTo(after.LeftBytes), "counted in segments it is the same");
        Assert.That((before.NeededFile, after.NeededFile), Is.EqualTo(("0000000100000000000000FE", "0000000100000000000000FE")));
        Assert.That((Judge(Kept(90200, 300, oldest: 200), Gone(255)).NeededFile, Judge(Kept(90300, 300, oldest: 200), Gone(255)).NeededFile), Is.EqualTo(("000000010000000100000000", "0000000100000000000000FF")));
    }

    [Test]
    public void When_the_segment_is_gone_it_is_lost_and_when_only_the_guarantee_is_gone_it_is_not_yet()
    {
        Assert.That(Judge(Kept(150000, 170, oldest: 101), Gone(100)).State, Is.EqualTo(RunwayState.Lost));
        var used = Judge(Kept(150000, 170, oldest: 90), Gone(100));
        Assert.That((used.State, used.ProbableLoss), Is.EqualTo((RunwayState.UsedUp, Now.AddSeconds(120))));
        Assert.That(Judge(Kept(150000, 164.9, oldest: 90), Gone(100)).State, Is.EqualTo(RunwayState.Counting));
        Assert.That(Judge(Kept(150000, 165, oldest: 90), Gone(100)).State, Is.EqualTo(RunwayState.UsedUp));
        Assert.That(Judge(Kept(150000, 165, oldest: 90), new Consumer("des10", null, null, null, null)).State, Is.EqualTo(RunwayState.Unknown));
    }

    [Test]
    public void A_slot_keeps_what_is_needed_without_limit_or_up_to_its_own()
    {
        var unlimited = Judge(Kept(120000, 170, 90, Slot(restart: 100)), Gone(100));
        Assert.That((unlimited.State, unlimited.Slot, unlimited.LeftBytes), Is.EqualTo((RunwayState.HeldBySlot, "des10", 5000L << 20)));
        Assert.That(unlimited.Deadline, Is.EqualTo(Now.AddSeconds(5000)), "the disk's");

        var limited = Judge(Kept(150000, 170, 90, Slot(restart: 100, "extended", 80 * Segment)), Gone(100));
        Assert.That((limited.State, limited.LeftBytes), Is.EqualTo((RunwayState.Counting, 80 * Segment)));
        Assert.That(Judge(Kept(150000, 110, 90, Slot(restart: 100, "reserved", 2 * Segment)), Gone(100)).LeftBytes, Is.EqualTo(55 * Segment), "the setting keeps more than the slot");

        Assert.That(Judge(Kept(150000, 170, 90, Slot(restart: 101)), Gone(100)).State, Is.EqualTo(RunwayState.UsedUp), "a slot that begins later keeps nothing for it");
        Assert.That(Judge(Kept(150000, 170, 90, Slot(restart: 100) with { IsActive = true, ProcessId = 7 }), Gone(100)).State, Is.EqualTo(RunwayState.UsedUp), "another's slot in use moves on");
        Assert.That(Judge(Kept(150000, 170, 101, Slot(restart: 100, "lost")), Gone(100)).State, Is.EqualTo(RunwayState.Lost));
    }

    [Test]
    public void One_that_is_connected_runs_out_only_as_fast_as_it_is_slower()
    {
        Consumer At(double segment, double rate) => new("des10", Position(150000, segment), 7, Now, rate);
        Assert.That(Judge(Kept(150000, 110, 40), At(109.9, 1 << 20)).State, Is.EqualTo(RunwayState.Connected));
        Assert.That(Judge(Kept(150000, 110, 40), At(100, 1 << 20)).State, Is.EqualTo(RunwayState.Connected), "far behind, and no further");
        Assert.That(Judge(Kept(150000, 110, 40), At(100, 1 << 19)).Left, Is.EqualTo(TimeSpan.FromSeconds(2 * 55 * 16)));
    }

    [Test]
    public void The_next_hour_is_like_the_last_hour_the_day_like_the_day_and_what_comes_then_like_the_week()
    {
        var rates = new WalRates(1000, 100, 10);
        Assert.That(rates.TimeFor(1000 * 1800), Is.EqualTo(TimeSpan.FromMinutes(30)));
        Assert.That(rates.TimeFor((1000 * 3600) + (100 * 3600)), Is.EqualTo(TimeSpan.FromHours(2)));
        Assert.That(rates.TimeFor((1000 * 3600) + (100 * 23 * 3600) + (10 * 86400)), Is.EqualTo(TimeSpan.FromDays(2)));
        Assert.That(new WalRates(1000, null, null).TimeFor(1000L * 86400 * 3), Is.EqualTo(TimeSpan.FromDays(3)), "what is not known yet is like what is");
        Assert.That(new WalRates(0, 0, 0).TimeFor(1), Is.Null);
        Assert.That(new WalRates(null, null, null).TimeFor(1), Is.Null);
    }

    [TestCase(80, null)]
    [TestCase(71, Severity.Warning)]
    [TestCase(23, Severity.Critical)]
    public void What_is_left_makes_the_severity(int hours, Severity? severity)
    {
        var rates = new WalRates(null, null, 54.5 * Segment / (hours * 3600.0));
        var kept = Kept(90000, 110.5, oldest: 40);
        var runway = RunwayJudge.Judge(kept, rates, Gone(100.5, 90000), 1 << 20, Now);

        var finding = RunwayFindings.Judge(runway, Des10, "server2", kept, rates, new ReplicationOptions(), TimeZoneInfo.FindSystemTimeZoneById("America/Santiago"));

        Assert.That(finding?.Severity, Is.EqualTo(severity));
        if (hours == 23)
        {
            Assert.That(finding!.Summary, Is.EqualTo("must reconnect before Wed 2026-12-02 08:00 -03 (11:00 UTC) or needs a re-sync"));
            Assert.That(string.Join('\n', finding.Evidence.Concat(finding.Remedy)), Does.Contain("wal_keep_segments keeps 64 segments (1 GB)").And.Contain("worth 1 d 3 h at the last week's rate").And.Contain("pg_start_backup"));
        }
    }

    [Test]
    public void A_dead_slot_is_told_with_the_disks_deadline()
    {
        var limits = new ReplicationOptions();
        Finding? Judge(ReplicationSlot slot, WalRates rates) => RunwayFindings.Judge(slot, "server2", Kept(150000, 110, 90, slot), rates, limits, TimeZoneInfo.Utc, Now);

        Assert.That(Judge(Slot(100), Steady), Has.Property("Severity").EqualTo(Severity.Critical).And.Property("Summary").EqualTo("slot holds WAL for nobody: the disk is full about Tue 2026-12-01 13:23 +00 (13:23 UTC)"));
        Assert.That(Judge(Slot(100), new(0, 0, 0)), Has.Property("Severity").EqualTo(Severity.Warning).And.Property("Subject").EqualTo("server2/des10"));
        Assert.That(Judge(Slot(100, "extended", 1000L << 20), Steady)?.Severity, Is.EqualTo(Severity.Warning), "the limit comes before the disk's end");
        Assert.That(Judge(Slot(109.9), new(0, 0, 0)), Is.Null, "hardly anything, and the disk is far from full");
        Assert.That(Judge(Slot(100) with { IsActive = true }, Steady), Is.Null);
    }

    private static Runway Judge(KeptWal kept, Consumer consumer) => RunwayJudge.Judge(
        kept, Steady, consumer with { Received = consumer.Received is { } there ? WalPosition.FromBytes(there.ToBytes(170000), kept.Settings.Layout.Version) : null }, 64 << 20, Now);

    private static Consumer Gone(double segment, int version = 170000) => new("des10", Position(version, segment), null, Now.AddMinutes(-10), null);

    private static WalPosition Position(int version, double segment) => WalPosition.FromBytes((long)(segment * Segment), version);

    private static ReplicationSlot Slot(double restart, string? status = null, long? safe = null) => new("des10", false, null, Position(170000, restart), status, safe);

    private static KeptWal Kept(int version, double segment, long oldest, params ReplicationSlot[] slots) => new(
        new(new(version, Segment), 64 * Segment, TimeSpan.FromMinutes(5), 0.5, 0, false), 1, Position(version, segment), oldest, Now.AddSeconds(-30), slots, 5000L << 20);
}
