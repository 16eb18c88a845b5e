using SispiAgent.Conformance;
using SispiAgent.Postgres;
using SispiAgent.Readiness;

namespace SispiAgent.Tests.Readiness;

/// <summary>What readiness says of each version, and who tells it where two could.</summary>
internal sealed class ReadinessJudgeTests
{
    private static readonly AccessSurroundings Around = new((_, _) => null, [], (_, _) => null);
    private static readonly Dictionary<string, string> Guide = new(StringComparer.OrdinalIgnoreCase) { ["max_wal_senders"] = "3" };

    [TestCase(90000, "des10 can't follow a promotion on this version without an archive of WAL")]
    [TestCase(90200, "des10 can't follow a promotion on this version without an archive of WAL")]
    [TestCase(90300, "des10 can follow if recovery_target_timeline is 'latest' in recovery.conf there, pointed at server3")]
    [TestCase(110000, "des10 can follow if recovery_target_timeline is 'latest' in recovery.conf there, pointed at server3")]
    [TestCase(120000, "des10 can follow, pointed at server3")]
    [TestCase(180000, "des10 can follow, pointed at server3")]
    public void Who_can_follow_a_promotion_depends_on_the_version(int version, string words)
    {
        var item = Item("mirrors", Standby(version), Primary(version));

        Assert.That(item.IsWell, Is.True, "nobody can mend a version");
        Assert.That(item.Words, Does.StartWith(words));
    }

    [TestCase("0/3000000", "at least 32 MB of WAL would be lost")]
    [TestCase("0/5000000", "at least 0 bytes of WAL would be lost")]
    [TestCase(null, "how much would be lost is not known")]
    public void The_least_that_would_be_lost_is_what_has_not_arrived(string? received, string words) =>
        Assert.That(Item("streaming", Standby(90000) with { Lsn = received }, Primary(90000)), Has.Property("IsWell").True.And.Property("Words").EqualTo($"server3 streams; {words}"));

    [Test]
    public void A_standby_that_does_not_stream_says_what_to_do_first()
    {
        var cut = Standby(150000) with { IsReceiving = false };
        Assert.That(Item("streaming", cut with { FrozenReceiver = 77 }, Primary(150000)).Remedy, Is.EqualTo(new[] { "Its WAL receiver is stopped by a signal. On server3: kill -CONT 77" }));
        Assert.That(Item("streaming", cut with { Recovery = cut.Recovery with { UpstreamPort = "5432" } }, Primary(150000)).Remedy, Is.EqualTo(new[]
        {
            "On server3, in line 7 of /d/postgresql.conf, put port=5442 in place of port=5432", "Then restart the standby: pg_ctl restart -m fast -D /d",
        }));
        Assert.That(Item("streaming", cut, Primary(150000) with { Role = "standby" }).Remedy.Single(), Does.StartWith("server2 is no primary now"));
        Assert.That(Item("streaming", cut, Primary(150000)), Has.Property("Code").Null.And.Property("ToldBy").StartsWith("replication.receiver-missing").And.Property("IsWell").False);
    }

    [TestCase("3", "3", 0, true, null, TestName = "Enough senders")]
    [TestCase("2", "3", 0, false, "conformance.setting", TestName = "Fewer than the guide says: conformance tells it")]
    [TestCase("2", "2", 0, false, null, TestName = "The guide itself says too few")]
    [TestCase("3", "3", 3, false, null, TestName = "All are busy")]
    public void Senders(string has, string guide, int used, bool isWell, string? toldBy)
    {
        var primary = Primary(110000) with { Settings = Settings(110000, ("max_wal_senders", has)), UsedSenders = used };

        var item = ReadinessJudge.Judge(primary, Standby(110000), Plan() with { Guide = new Dictionary<string, string> { ["max_wal_senders"] = guide } }, Around).Single(one => one.Name == "WAL senders");

        Assert.That((item.IsWell, item.ToldBy), Is.EqualTo((isWell, toldBy)), item.Words);
        Assert.That(item.Code, Is.EqualTo(toldBy is null ? ReadinessJudge.Senders : (SispiAgent.Findings.FindingCode?)null));
    }

    /// <summary>Raised on the primary alone a mirror with hot standby stops replaying: first who may go, then the order.</summary>
    [TestCase(110000, false)]
    [TestCase(150000, true)]
    public void Busy_senders_are_named_and_more_of_them_come_to_the_standbys_first(int version, bool binds)
    {
        var primary = Primary(version) with { Settings = Settings(version, ("max_wal_senders", "3")), UsedSenders = 3, Senders = ["process 7, dbadmin from 10.0.0.9, program pg_receivewal, streaming"] };

        var item = ReadinessJudge.Judge(primary, Standby(version), Plan(), Around).Single(one => one.Name == "WAL senders");

        Assert.That(item.Evidence, Is.EqualTo(primary.Senders));
        Assert.That(item.Remedy[0], Does.StartWith("Which of them is neither a standby nor a mirror").And.EndsWith("on server2: SELECT pg_terminate_backend(PROCESS);"));
        Assert.That(item.Remedy.Contains(SettingRemedy.ParityOrder), Is.EqualTo(binds));
        Assert.That(item.Remedy, Has.Some.EndsWith("max_wal_senders = '4'"));
    }

    /// <summary>What stands in a mail has to be true of the host that it is about: the primary's own pass file matters to nobody while it is the primary.</summary>
    [TestCase("standby", "Once its connection breaks, server3 can't stream from server2 again.")]
    [TestCase("primary", "After a failover, server3 could not stream from server2.")]
    public void A_missing_password_says_when_it_matters(string role, string effect)
    {
        var survivor = Standby(150000) with { Role = role, Passwords = [new("server2", "/p", false, null, "l")] };

        Assert.That(Item("password for server2", survivor, Primary(150000)).Effect, Is.EqualTo(effect));
    }

    [Test]
    public void A_trigger_path_that_ALTER_SYSTEM_wrote_is_mended_where_it_counts()
    {
        var standby = Standby(150000) with
        {
            Recovery = Standby(150000).Recovery with { TriggerFile = "/other" },
            Settings = Settings(150000) with { IsRunning = false, Values = new Dictionary<string, SettingValue> { ["promote_trigger_file"] = new("/other") { InFiles = "/other", File = "/d/postgresql.auto.conf", Line = 4 } } },
        };

        var item = ReadinessJudge.Judge(standby, Primary(150000), Plan() with { TriggerFile = "/agreed" }, Around).Single(one => one.Name == "trigger");

        Assert.That(item.Remedy[0], Does.EndWith("take line 4 out of /d/postgresql.auto.conf (promote_trigger_file = '/other')"));
        Assert.That(item.Remedy[1], Does.EndWith("promote_trigger_file = '/agreed'"));
    }

    /// <summary>A line above the one that refuses leaves that one behind, never reached: the next mail would tell of it.</summary>
    [TestCase("host decam_prd guest 10.1.1.1/32 reject", "in place of line 1")]
    [TestCase("host all all 10.1.1.1/32 reject", "above line 1")]
    [TestCase("host all all 10.0.0.0/8 reject", "above line 1")]
    public void A_client_that_a_line_refuses_gets_its_own_in_place_of_it_or_above(string line, string place)
    {
        var survivor = Standby(150000) with { Settings = Settings(150000) with { Access = AccessFile.Parse([line], 150000) with { Path = "/d/pg_hba.conf" } } };
        var primary = Primary(150000) with { Clients = [new("10.1.1.1", "guest", "decam_prd", DateTimeOffset.UnixEpoch)] };

        Assert.That(Item("clients", survivor, primary).Remedy[0], Does.Contain(place));
    }

    [Test]
    public void From_12_on_too_few_senders_on_the_standby_are_told_as_parity()
    {
        var standby = Standby(120000) with { Settings = Settings(120000, ("max_wal_senders", "2")) };
        var item = ReadinessJudge.Judge(standby, Primary(120000) with { Settings = Settings(120000, ("max_wal_senders", "3")) }, Plan() with { Guide = new Dictionary<string, string>() }, Around).Single(one => one.Name == "WAL senders");

        Assert.That((item.IsWell, item.Code, item.ToldBy), Is.EqualTo((false, (SispiAgent.Findings.FindingCode?)null, "conformance.parity")));
    }

    [TestCase(100, 50, true)]
    [TestCase(99, 50, false)]
    [TestCase(0, 0, true)]
    public void The_backup_directory_has_room_for_two_sets_like_the_newest(long free, long set, bool isWell) =>
        Assert.That(Item("backup room", Standby(150000) with { Room = new("/b", true, free, set) }, Primary(150000)).IsWell, Is.EqualTo(isWell));

    /// <summary>A client of the guide's subnet is locked out for want of the guide's line, which conformance tells; a guest is readiness's own.</summary>
    [Test]
    public void Clients_that_a_line_of_the_guide_would_let_in_are_told_by_conformance()
    {
        var wanted = new WantedAccess("all all 139.229.14.0/25", AccessFile.Parse(["host all all 139.229.14.0/25 md5"], 150000).Rules[0]);
        var survivor = Standby(150000) with { Settings = Settings(150000) with { Access = AccessFile.Parse(["local all all peer"], 150000) with { Path = "/d/pg_hba.conf" } } };
        SeenClient[] observers = [new("139.229.14.7", "observer", "decam_prd", DateTimeOffset.UnixEpoch), new("139.229.14.8", "observer", "decam_prd", DateTimeOffset.UnixEpoch)];
        ReadinessItem[] All(params SeenClient[] clients) => [.. ReadinessJudge.Judge(survivor, Primary(150000) with { Clients = clients }, Plan() with { Wanted = [wanted] }, Around).Where(one => one.Name.StartsWith("clients", StringComparison.Ordinal))];

        var guides = All(observers).Single();
        Assert.That((guides.IsWell, guides.Code, guides.ToldBy), Is.EqualTo((false, (SispiAgent.Findings.FindingCode?)null, "conformance.access")));
        Assert.That(guides.Remedy, Is.EqualTo(new[] { "On server3, at the end of /d/pg_hba.conf: host all all 139.229.14.0/25 md5", "Then: pg_ctl reload -D /d" }), "one line for all of them");

        // with a guest beside them each mail speaks of its own
        var both = All([.. observers, new("10.1.1.1", "guest", "decam_prd", DateTimeOffset.UnixEpoch)]);
        Assert.That(both.Select(item => (item.Name, item.Code, item.ToldBy)), Is.EqualTo(new[] { ("clients", (SispiAgent.Findings.FindingCode?)LockedOut.Clients, (string?)null), ("clients of the guide", null, "conformance.access") }));
        Assert.That(both[0].Remedy, Is.EqualTo(new[] { "On server3, at the end of /d/pg_hba.conf: host decam_prd guest 10.1.1.1/32 md5", "Then: pg_ctl reload -D /d" }));
        Assert.That(both[0].Words, Is.EqualTo("1 of 3 clients that were seen on server2 would be locked out; 2 more for want of lines of the guide, which conformance.access tells"));
        Assert.That(both[0].Evidence.Single(), Does.StartWith("10.1.1.1 as guest"));
        Assert.That(both[1], Has.Property("IsWell").False.And.Property("Evidence").Count.EqualTo(2).And.Property("Remedy").EqualTo(guides.Remedy));
    }

    private static ReadinessItem Item(string name, Inspection survivor, Inspection other) => ReadinessJudge.Judge(survivor, other, Plan(), Around).Single(item => item.Name == name);

    private static ReadinessPlan Plan() => new(null, ["server2", "des10"], ["des10"], 2, 5442, Guide, []);

    private static Inspection Primary(int version) => Host("server2", "primary", version) with { Lsn = "0/5000000" };

    private static Inspection Standby(int version) => Host("server3", "standby", version) with { Lsn = "0/5000000", IsReceiving = true };

    private static Inspection Host(string node, string role, int version) => new(
        1, "1", node, DateTimeOffset.UnixEpoch, role, null, null, Settings(version), new("/d/standby.signal", "server2", "5442", "dbadmin", null, false, false) { UpstreamPlace = "line 7 of /d/postgresql.conf" },
        [], new("/b", true, 100, 0), [], [], [], 0);

    private static ServerSettings Settings(int version, params (string Name, string Value)[] values) =>
        new(version, values.ToDictionary(one => one.Name, one => new SettingValue(one.Value)), new("/d/pg_hba.conf", [], []), "the running server") { IsRunning = true, DataDirectory = "/d" };
}
