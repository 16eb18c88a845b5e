using SispiAgent.Cluster;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

/// <summary>The runway of a mirror as a server of 9.x would have it: its recorded settings, its control data, and a position at the end of a log file.</summary>
internal sealed class RecordedRunwayTests
{
    private const long Segment = WalLayout.UsualSegmentBytes;
    private static readonly Node Des10 = new("des10", NodeKind.Mirror, "des10", 5442) { DataDirectory = "", SocketDirectory = "", BackupDirectory = "", SshPort = 22, SshUser = "" };

    private static IEnumerable<string> Nines => Recorded.Versions("settings.tsv").Where(version => version.StartsWith("9.", StringComparison.Ordinal));

    /// <summary>Checkpoints were counted in segments up to 9.4, and for all WAL since.</summary>
    [TestCaseSource(nameof(Nines))]
    public void What_is_kept_is_read_from_the_settings_of(string version)
    {
        var settings = Settings(version);

        Assert.That((settings.Layout.SegmentBytes, settings.KeepBytes, settings.CheckpointTimeout, settings.CheckpointShare, settings.StoresWal), Is.EqualTo((Segment, 16 * Segment, TimeSpan.FromMinutes(5), 0.5, false)));
        Assert.That(settings.CheckpointBytes, Is.EqualTo(Recorded.Number(version) >= 90500 ? (long)(1024 * (1 << 20) / 2.5) : 3 * Segment));
    }

    /// <summary>Up to 9.2 the 256th segment of a log file is never used: a byte count that has it foretells a segment too much.</summary>
    [TestCase("9.0", "0/FE000000", "1/3000000", 64, "1/10000000", "0000000100000000000000FE")]
    [TestCase("9.1", "0/FE000000", "1/3000000", 64, "1/10000000", "0000000100000000000000FE")]
    [TestCase("9.2", "0/FE000000", "1/3000000", 64, "1/10000000", "0000000100000000000000FE")]
    [TestCase("9.2", "1/500000", "1/1000000", 11, "1/11000000", "000000010000000100000000")]
    [TestCase("9.3", "0/FE000000", "1/3000000", 80, "1/F000000", "0000000100000000000000FE")]
    [TestCase("9.3", "0/FF000000", "1/3000000", 64, "1/10000000", "0000000100000000000000FF")]
    [TestCase("9.4", "0/FE000000", "1/3000000", 80, "1/F000000", "0000000100000000000000FE")]
    [TestCase("9.6", "0/FE000000", "1/3000000", 80, "1/F000000", "0000000100000000000000FE")]
    public void The_deadline_over_the_end_of_a_log_file(string version, string received, string position, int behindMegabytes, string usedUpAt, string needed)
    {
        var kept = Kept(version, position);
        var runway = Judge(kept, received);

        Assert.That((runway.State, runway.BehindBytes >> 20, runway.UsedUpAt.ToString(), runway.NeededFile), Is.EqualTo((RunwayState.Counting, (long)behindMegabytes, usedUpAt, needed)));
        Assert.That(kept.Settings.Layout.Parse(runway.NeededFile)!.Value.Segment, Is.EqualTo(kept.Settings.Layout.SegmentOf(WalPosition.TryParse(received)!.Value)));
        Assert.That(runway.Deadline, Is.EqualTo(Now(version).AddSeconds(runway.LeftBytes / (double)(1 << 20))), "at 1 MB a second");
        Assert.That(runway.ProbableLoss, Is.GreaterThanOrEqualTo(runway.Deadline), "a checkpoint after it");
    }

    /// <summary>Nothing but the setting keeps WAL there: no slots before 9.4, and the remedy speaks of the setting of that time.</summary>
    [TestCaseSource(nameof(Nines))]
    public void It_is_told_in_the_words_of(string version)
    {
        var kept = Kept(version, "1/3000000");
        var finding = RunwayFindings.Judge(Judge(kept, "0/FE000000"), Des10, "server2", kept, new(1 << 20, null, null), new ReplicationOptions(), TimeZoneInfo.FindSystemTimeZoneById("America/Santiago"))!;
        var text = string.Join('\n', finding.Evidence.Concat(finding.Remedy));

        Assert.That(finding.Summary, Does.Match("^must reconnect before [A-Z][a-z]{2} 2026-[0-9-]+ [0-9:]+ -03 \\([0-9:]+ UTC\\) or needs a re-sync$"));
        Assert.That(text, Does.Contain("wal_keep_segments keeps 16 segments (256 MB)").And.Contain("set wal_keep_segments = 64 in postgresql.conf").And.Contain(version == "9.0" ? "pg_start_backup" : "pg_basebackup"));
        Assert.That(text, Does.Not.Contain("wal_keep_size").And.Not.Contain("slot"));
    }

    /// <summary>The guide claims about 1.5 weeks for 64 segments: what the setting is worth at the rates that were really seen.</summary>
    [TestCase(null, null, null, "what that is worth is not known yet, the WAL has been watched for too short a time")]
    [TestCase(1000.0, 1000.0, 1000.0, "worth 3 d 2 h at the last hour's rate")]
    [TestCase(10000.0, 1000.0, 400.0, "worth 7 h 27 min at the last hour's rate, 3 d 2 h at the last day's rate, 7 d 18 h at the last week's rate")]
    [TestCase(0.0, null, null, "worth any time at the last hour's rate")]
    public void What_it_is_worth(double? hour, double? day, double? week, string words) =>
        Assert.That(RunwayWords.Worth(Kept("9.0", "0/65000000"), new(hour, day, week)), Is.EqualTo($"wal_keep_segments keeps 16 segments (256 MB); 32 MB really there: {words}"));

    /// <summary>When the oldest segment that is there lies behind what it needs, the guarantee is beside the point.</summary>
    [TestCase("9.0", 255, RunwayState.Lost)]
    [TestCase("9.0", 254, RunwayState.UsedUp)]
    [TestCase("9.6", 255, RunwayState.Lost)]
    [TestCase("9.6", 254, RunwayState.UsedUp)]
    public void What_is_gone_is_gone(string version, long oldest, object state) =>
        Assert.That(Judge(Kept(version, "1/20000000") with { OldestSegment = oldest }, "0/FE000000").State, Is.EqualTo((RunwayState)state));

    private static Runway Judge(KeptWal kept, string received) => RunwayJudge.Judge(
        kept, new(1 << 20, null, null), new Consumer("des10", WalPosition.TryParse(received), null, kept.LastCheckpoint, null), 64 << 20, kept.LastCheckpoint!.Value.AddMinutes(1));

    private static DateTimeOffset Now(string version) => Control(version).CheckpointAt!.Value.AddMinutes(1);

    private static ControlFile Control(string version) => ControlFile.Parse(Recorded.Text(version, "primary.controldata.txt"));

    private static KeptWal Kept(string version, string position) =>
        new(Settings(version), Control(version).Timeline!.Value, WalPosition.TryParse(position)!.Value, 100, Control(version).CheckpointAt, [], 1L << 40);

    private static WalSettings Settings(string version) => WalSettings.From(
        Recorded.Table(version, "settings.tsv").ToDictionary(row => row["name"], row => (row["setting"], row["unit"].Length > 0 ? row["unit"] : null)), Recorded.Number(version));
}
