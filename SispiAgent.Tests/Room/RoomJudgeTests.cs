using SispiAgent.History;
using SispiAgent.Platform;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

internal sealed class RoomJudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly RoomOptions Options = new();

    [TestCase(50, 50, -1, ExpectedResult = "")]
    [TestCase(10, 50, -1, ExpectedResult = "")]
    [TestCase(9, 50, -1, ExpectedResult = "Warning: a file system runs full")]
    [TestCase(3, 50, -1, ExpectedResult = "Critical: a file system runs full")]
    [TestCase(50, 9, -1, ExpectedResult = "Warning: a file system runs out of inodes")]
    [TestCase(50, 0, -1, ExpectedResult = "Critical: a file system runs out of inodes")]
    [TestCase(50, 50, 8, ExpectedResult = "")]
    [TestCase(50, 50, 6, ExpectedResult = "Warning: a file system runs full")]
    public string Disk(int freePercent, int freeInodesPercent, int fullInDays)
    {
        var volume = new Volume("/raid2/database", ["data", "WAL"], new VolumeSpace(1, 1000, freePercent * 10, 1000, freeInodesPercent * 10), fullInDays < 0 ? null : TimeSpan.FromDays(fullInDays));
        return SpaceJudge.Judge("server2", volume, Options) is { } finding ? $"{finding.Severity}: {finding.Summary}" : "";
    }

    [TestCase("app 30 0", ExpectedResult = "None is idle: which of them may wait? 30 are program app of sispi from local.")]
    [TestCase("app 30 0,sispi-agent 4 4", ExpectedResult = "Few are idle: which of them may wait? 30 are program app of sispi from local.")]
    [TestCase("app 20 0,web 14 12", ExpectedResult = "Most idle ones are program web of sispi from local. Restart it, or end its sessions that did nothing for an hour (9.2 and later):")]
    public string Connections(string holders) => ConnectionsJudge.Judge(
        "server2", 37, [.. holders.Split(',').Select(entry => entry.Split(' ')).Select(entry => new ConnectionHolder("sispi", entry[0], "local", long.Parse(entry[1], null), long.Parse(entry[2], null)))], Options)!.Remedy[0];

    [TestCase(1, 1, int.MaxValue, 1600000000, ExpectedResult = 74)]
    [TestCase(1, 80, 100, 80, ExpectedResult = 0)]
    [TestCase(1, 80, 100, 95, ExpectedResult = 75)]
    [TestCase(1, -100, 100, 50, ExpectedResult = 50)]
    [TestCase(1, -100, 100, -50, ExpectedResult = 0)]
    [TestCase(1, -100, -1, -50, ExpectedResult = 50)]
    [TestCase(-1, -100, -1, -95, ExpectedResult = 94)]
    [TestCase(-1, -100, -80, -80, ExpectedResult = 0)]
    [TestCase(-1, 1, 100, 25, ExpectedResult = 75)]
    [TestCase(1, 5, 5, 5, ExpectedResult = 100)]
    public int Used(long increment, long minimum, long maximum, long value)
    {
        var limit = IntegerKey.LimitOf(increment, minimum, maximum, 0);
        return new IntegerKey("d", "s", "", value, increment, limit, false) { Begin = IntegerKey.BeginOf(increment, minimum, maximum, limit) }.UsedPercent;
    }

    [Test]
    public void Many_sessions_that_hold_vacuum_back_are_asked_about_once()
    {
        var finding = HolderJudge.Judge("server2", [.. Enumerable.Range(1, 3).Select(i => new VacuumHolder(HolderKind.Snapshot, $"process {i}", "of sispi", 1e6 - i, 2) { Process = i })], Options).Single();

        Assert.That(finding.Remedy, Is.EqualTo(new[]
        {
            "Is it a report or a backup that takes long, or one that hangs? SELECT pg_cancel_backend(1);", "SELECT pg_cancel_backend(2);", "SELECT pg_cancel_backend(3);",
        }));
    }

    [TestCase(HolderKind.PhysicalSlot, ExpectedResult = "End the long query on the standby that uses slot s (hot_standby_feedback): its pg_stat_activity has the oldest backend_xmin.")]
    [TestCase(HolderKind.LogicalSlot, ExpectedResult = "Does the subscriber that uses slot s get on? Look at its log, and at confirmed_flush_lsn in pg_replication_slots here.")]
    [TestCase(HolderKind.UnusedPhysicalSlot, ExpectedResult = "Is its standby gone for good? Without the slot it has only what wal_keep_size (before 13: wal_keep_segments) keeps: SELECT pg_drop_replication_slot('s');")]
    [TestCase(HolderKind.UnusedLogicalSlot, ExpectedResult = "Is its subscriber gone for good? SELECT pg_drop_replication_slot('s');")]
    public object Slot(object kind) => HolderJudge.Judge("server2", [new((HolderKind)kind, "s", "a slot", null, Options.SlotTransactions)], Options).Single().Remedy.Single();

    [TestCase("0:1000", ExpectedResult = null, TestName = "One number is no trend")]
    [TestCase("0:1000,12:900", ExpectedResult = null, TestName = "Half a day is too short")]
    [TestCase("0:1000,24:900", ExpectedResult = 216, TestName = "A straight line reaches zero")]
    [TestCase("0:900,24:1000", ExpectedResult = null, TestName = "What grows never ends")]
    [TestCase("0:1000,24:1000,48:1000", ExpectedResult = null, TestName = "What stays never ends")]
    [TestCase("0:1000,24:900,25:1000,48:800,49:900,72:700", ExpectedResult = 169, TestName = "A saw tooth counts by its course")]
    public int? Full(string history) => Filling.UntilZero([.. history.Split(',').Select(entry => entry.Split(':')).Select(entry =>
        new Measurement("n", "q", long.Parse(entry[1], null), Now + TimeSpan.FromHours(int.Parse(entry[0], null))))]) is { } left ? (int)left.TotalHours : null;

    [TestCase("2026-11-26 12:00:00 UTC [1] PANIC:  could not write", ExpectedResult = LogKind.Panic)]
    [TestCase("PANIC:  could not write", ExpectedResult = LogKind.Panic)]
    [TestCase("PANIK:  konnte nicht schreiben", ExpectedResult = LogKind.Panic)]
    [TestCase("PÁNICO:  no se pudo escribir", ExpectedResult = LogKind.Panic)]
    [TestCase("FATAL:  terminating connection", ExpectedResult = LogKind.Fatal)]
    [TestCase("ВАЖНО:  система", ExpectedResult = LogKind.Fatal)]
    [TestCase("ERROR:  invalid page in block 3 of relation base/1/2", ExpectedResult = LogKind.Corruption)]
    [TestCase("12:00 XX001 FEHLER:  ungültige Seite in Block 3", ExpectedResult = LogKind.Corruption)]
    [TestCase("ERROR:  could not read block 7 in file \"base/1/2\": Input/output error", ExpectedResult = LogKind.Corruption)]
    [TestCase("ERROR:  relation \"panic\" does not exist", ExpectedResult = null)]
    [TestCase("LOG:  statement: SELECT 'PANIC:  nothing'", ExpectedResult = null)]
    [TestCase("STATEMENT:  SELECT 'XX001'", ExpectedResult = null)]
    [TestCase("12:00 [1] STATEMENT:  SELECT 'PANIC:  nothing'", ExpectedResult = null)]
    [TestCase("DETAIL:  Key (word)=(PANIC:  nothing) already exists.", ExpectedResult = null)]
    [TestCase("NOTICE:  PANIC:  nothing", ExpectedResult = null)]
    [TestCase("INSTRUCTION :  SELECT 'PANIC:  nothing'", ExpectedResult = null)]
    [TestCase("명령 구문:  SELECT 'FATAL:  nothing'", ExpectedResult = null)]
    [TestCase("СООБЩЕНИЕ:  оператор: SELECT 'PANIC:  nothing'", ExpectedResult = null)]
    [TestCase("\tSELECT 'PANIC:  nothing'", ExpectedResult = null)]
    [TestCase("比致命错误还过分的错误:  could not write", ExpectedResult = LogKind.Panic)]
    [TestCase("ERROR:  duplicate key XX001", ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    public object? Line(string line) => LogSeverity.Of(line);

    [TestCase("", "", ExpectedResult = "")]
    [TestCase("60", "60", ExpectedResult = "restarted", TestName = "A restart has a new postmaster and a new checkpointer")]
    [TestCase("60", "62", ExpectedResult = "restarted", TestName = "Its checkpointer comes a little later")]
    [TestCase("", "60", ExpectedResult = "crashed", TestName = "A new checkpointer alone is a crash")]
    [TestCase("60", "60,600", ExpectedResult = "crashed", TestName = "A crash after a restart is a crash")]
    [TestCase("60", "62,64", ExpectedResult = "crashed", TestName = "A second checkpointer of one postmaster is a crash, however soon")]
    [TestCase("-60", "-58", ExpectedResult = "", TestName = "What was long ago is not told")]
    public string Start(string postmasters, string checkpointers) => StartJudge.Judge("n", [Now - TimeSpan.FromDays(1), .. At(postmasters)], [Now - TimeSpan.FromDays(1), .. At(checkpointers)], [], Now, TimeZoneInfo.Utc)?.State ?? "";

    [TestCase("", 10, ExpectedResult = "restarted")]
    [TestCase("9", 10, ExpectedResult = "restarted")]
    [TestCase("8 9", 10, ExpectedResult = "")]
    [TestCase("8 9", 600, ExpectedResult = "restarted", TestName = "What liveness told hours before is another incident")]
    [TestCase("8 9 598 599", 600, ExpectedResult = "")]
    public string Start_after_what_liveness_told(string down, int minute) =>
        StartJudge.Judge("n", [Now, Now.AddMinutes(minute)], [], Minutes(down), Now.AddMinutes(-1), TimeZoneInfo.Utc)?.State ?? "";

    [TestCase("", ExpectedResult = "crashed")]
    [TestCase("9", ExpectedResult = "crashed", TestName = "A server that was down before its start is no recovery")]
    [TestCase("12", ExpectedResult = "restarted", TestName = "Up to 14 the checkpointer comes when a crash recovery is done")]
    public string Checkpointer_five_minutes_after_its_postmaster(string down) =>
        StartJudge.Judge("n", [Now, Now.AddMinutes(10)], [Now, Now.AddMinutes(15)], Minutes(down), Now.AddMinutes(-1), TimeZoneInfo.Utc)?.State ?? "";

    private static DateTimeOffset[] Minutes(string minutes) => [.. minutes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(minute => Now.AddMinutes(int.Parse(minute, null)))];

    [Test]
    public void Only_whole_lines_are_read_a_truncated_file_again_and_the_first_look_reads_nothing()
    {
        using var folder = new TempFolder();
        var file = folder["postgresql.log"];
        File.WriteAllText(file, "FATAL:  old\n");
        var first = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", new Dictionary<string, long>(), 1 << 20, Now);
        File.AppendAllText(file, "FATAL:  one\nFATAL:  tw");
        var second = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", first.Offsets, 1 << 20, Now);
        File.AppendAllText(file, "o\n");
        var third = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", second.Offsets, 1 << 20, Now);
        File.WriteAllText(file, "PANIC:  new\n");
        var fourth = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", third.Offsets, 1 << 20, Now);

        Assert.That(new[] { first, second, third, fourth }.Select(scan => string.Join('|', scan.Lines.Select(line => line.Line))), Is.EqualTo(new[] { "", "FATAL:  one", "FATAL:  two", "PANIC:  new" }));
    }

    [Test]
    public void What_is_rotated_away_is_no_news_nor_is_another_folder()
    {
        using var folder = new TempFolder();
        var file = folder["postgresql-2026-11.log"];
        File.WriteAllText(file, "FATAL:  old\n");
        var first = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", new Dictionary<string, long>(), 1 << 20, Now);
        File.Move(file, file + ".1");
        File.WriteAllText(Path.ChangeExtension(file, ".csv"), "FATAL:  csv\n");
        File.WriteAllText(file, "FATAL:  n\n");
        var second = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", first.Offsets, 1 << 20, Now);
        var other = Directory.CreateDirectory(folder["other"]).FullName;
        File.WriteAllText(Path.Combine(other, "a.log"), "FATAL:  old\n");
        var moved = LogScan.Read(other, "%a.log", second.Offsets, 1 << 20, Now);
        File.AppendAllText(Path.Combine(other, "a.log"), "FATAL:  newest\n");

        Assert.That(second.Lines.Select(line => line.Line), Is.EqualTo(new[] { "FATAL:  n" }));
        Assert.That(moved.Lines, Is.Empty);
        Assert.That(LogScan.Read(other, "%a.log", moved.Offsets, 1 << 20, Now).Lines.Select(line => line.Line), Is.EqualTo(new[] { "FATAL:  newest" }));
    }

    [TestCase("postgresql.%m", ExpectedResult = "b.11")]
    [TestCase("server_log", ExpectedResult = "a")]
    public string Names_without_a_usual_ending(string fileName)
    {
        using var folder = new TempFolder();
        var start = LogScan.Read(folder.Folder, fileName, new Dictionary<string, long>(), 1 << 20, Now);
        foreach (var name in new[] { fileName == "server_log" ? "a" : "b.11", "a.csv", "a.json" })
            File.WriteAllText(folder[name], "FATAL:  one\n");
        return string.Join(',', LogScan.Read(folder.Folder, fileName, start.Offsets, 1 << 20, Now).Lines.Select(line => Path.GetFileName(line.File)));
    }

    [Test]
    public void One_look_reads_so_much_and_no_more_and_says_what_it_skipped()
    {
        using var folder = new TempFolder();
        var start = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", new Dictionary<string, long>(), 100, Now);
        File.WriteAllText(folder["a.log"], new string('x', 1000) + "\nFATAL:  last\n");

        var scan = LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", start.Offsets, 100, Now);

        Assert.That((scan.Lines.Single().Line, scan.SkippedBytes), Is.EqualTo(("FATAL:  last", 914L)));
        Assert.That(LogScan.Read(folder.Folder, "postgresql-%Y-%m.log", scan.Offsets, 100, Now).Lines, Is.Empty);
    }

    [Test]
    public void Equal_lines_are_one_line_with_a_count()
    {
        var lines = Enumerable.Range(1, 3).Select(i => new LogLine(LogKind.Fatal, "/log/a", $"FATAL:  process {i}", Now)).Append(new(LogKind.Fatal, "/log/a", "FATAL:  other", Now));

        Assert.That(LogJudge.Summary(lines), Is.EqualTo(new[] { "3 times, the last: FATAL:  process 3 (a)", "FATAL:  other (a)" }));
    }

    [TestCase(-120, ExpectedResult = "room.log-unwritten", TestName = "A file of before the start is not the running server's")]
    [TestCase(0, ExpectedResult = "", TestName = "A quiet server has written when it started")]
    public string Written(int writtenMinutes) =>
        LogJudge.JudgeWriting("n", new("/log", [("a", 1, Now + TimeSpan.FromMinutes(writtenMinutes))], "x"), Now, Now + TimeSpan.FromDays(30))?.Code.Value ?? "";

    private static DateTimeOffset[] At(string seconds) => [.. seconds.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(second => Now + TimeSpan.FromSeconds(int.Parse(second, null)))];
}
