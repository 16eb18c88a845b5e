using SispiAgent.BackupSets;
using SispiAgent.Digest;
using SispiAgent.Findings;
using SispiAgent.Mail;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Digest;

internal sealed class DigestLetterTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 30, 11, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Santiago");
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void When_all_is_well_it_says_how_far_back_a_mistake_can_be_undone_and_when_the_next_one_is_due()
    {
        var letter = DigestLetter.Write(Well(), Zone);
        var text = TextBody.Render(letter.Blocks);

        Assert.That(letter.Subject, Is.EqualTo("Weekly digest: all is well"));
        Assert.That(letter.Blocks[0], Is.EqualTo(new Block.Headline("All is well", Tone.Good)));
        Assert.That(text, Does.Contain("A mistaken DELETE today can be undone to Sun 2026-11-29 11:02 -03 (14:02 UTC): the newest good set, server2/20261129T140200Z, is 20 h 58 min old. Its copy was proven on server3."));
        Assert.That(text, Does.Contain("The next digest is due Mon 2026-12-07 08:00 -03 (11:00 UTC)."));
        Assert.That(text, Does.Contain("decam_prd").And.Contain("2 GB (+1 GB)"));
        Assert.That(text, Does.Match("server3 +restore drill +passed"));
        Assert.That(text, Does.Match("server3 +WAL receiver +streaming"));
        Assert.That(text, Does.Contain("saw no change of settings").And.Match("server3 +last changed before"));
        Assert.That(text, Does.Match("(?s)WAL runway\n-+\n.*about 1.5 weeks for 64 segments.*\ndes10 +connected; if it went now.*\nserver2 +wal_keep_segments keeps 64 segments.*Replication\n-"));
        Assert.That(text.IndexOf("WAL receiver", StringComparison.Ordinal), Is.GreaterThan(text.IndexOf("Replication\n", StringComparison.Ordinal)));
    }

    [Test]
    public void What_needs_somebody_comes_first()
    {
        var letter = DigestLetter.Write(Well() with
        {
            Alerts = [new("liveness.server", "server3", "Critical", "PostgreSQL refuses connections", Monday.AddHours(-1)), new("room.disk", "server2/raid2", "Warning", "a file system runs full", Monday.AddDays(-2))],
            Unasked = [("system1", "no route")],
            Changes = [new(1, "server2", Monday.AddDays(-2), Monday.AddDays(-1), ["- max_connections = 400", "+ max_connections = 40"])],
        }, Zone);
        var text = TextBody.Render(letter.Blocks);

        Assert.That(letter.Subject, Is.EqualTo("Weekly digest: 2 alerts are open, system1 could not be asked"));
        Assert.That((letter.Blocks[0] as Block.Headline)?.Tone, Is.EqualTo(Tone.Critical));
        Assert.That(text, Does.Contain("Critical: server3: PostgreSQL refuses connections, since Mon 2026-11-30 07:00 -03 (10:00 UTC) (liveness.server)"));
        Assert.That(text, Does.Contain("system1 could not be asked: no route").And.Contain("+ max_connections = 40"));
    }

    [Test]
    public void What_was_seen_not_well_in_a_role_that_is_over_is_no_trouble_of_today()
    {
        var old = Well() with { Seen = [new("server3", "WAL sender", "missing", false, Monday.AddDays(-5))] };

        Assert.That(DigestLetter.Write(old, Zone).Subject, Is.EqualTo("Weekly digest: all is well"));
        Assert.That(DigestLetter.Write(old with { Seen = [new("server3", "WAL sender", "missing", false, Monday)] }, Zone).Subject, Is.EqualTo("Weekly digest: 1 thing was last seen not well"));
        Assert.That(DigestLetter.Write(old with { Seen = [new("server3", "restore drill", "failed", false, Monday.AddDays(-8))] }, Zone).Subject, Is.EqualTo("Weekly digest: 1 thing was last seen not well"));
    }

    [Test]
    public void A_change_of_the_mirror_that_is_told_whole_is_not_told_again_in_a_line()
    {
        var text = TextBody.Render(DigestLetter.Write(Well() with
        {
            Seen = [new("des10", "configuration", "last changed before Sun", true, Monday), new("server3", "configuration", "no change was seen yet", true, Monday)],
            Changes = [new(1, "des10", Monday.AddDays(-2), Monday.AddDays(-1), ["+ work_mem = 16384 kB"])],
        }, Zone).Blocks);

        Assert.That(text, Does.Contain("des10, between ").And.Not.Contain("last changed before Sun").And.Match("server3 +no change was seen yet"));
    }

    [Test]
    public void Without_a_set_it_says_that_nothing_could_be_undone()
    {
        var text = TextBody.Render(DigestLetter.Write(Well() with { Sets = [], ProvenOn = [] }, Zone).Blocks);

        Assert.That(text, Does.Contain("a mistaken DELETE today could not be undone").And.Not.Contain("Sizes and growth"));
    }

    [Test]
    public void What_was_last_seen_not_well_is_not_called_well()
    {
        var letter = DigestLetter.Write(Well() with { Seen = [new("server2", "backup copy", "failed", false, Monday)] }, Zone);

        Assert.That(letter.Subject, Is.EqualTo("Weekly digest: 1 thing was last seen not well"));
        Assert.That(TextBody.Render(letter.Blocks), Does.Contain("! failed"));
    }

    private DigestFacts Well()
    {
        MadeSet.Make(_folder.Folder, "server2", Monday.AddDays(-8).AddHours(3).AddMinutes(2), change: manifest => Sized(manifest, 1L << 30));
        MadeSet.Make(_folder.Folder, "server2", Monday.AddDays(-1).AddHours(3).AddMinutes(2), change: manifest => Sized(manifest, 2L << 30));
        return new("server2", "which is the primary", Monday, Monday.AddDays(7))
        {
            Sets = SetCatalog.Read(_folder.Folder),
            ProvenOn = ["server3"],
            Seen = [new("server3", "restore drill", "passed", true, Monday), new("server3", "WAL receiver", "streaming", true, Monday), new("server3", "configuration", "last changed before Tue", true, Monday),
                new("server2", "WAL runway", "wal_keep_segments keeps 64 segments (1 GB): worth 9 d 3 h at the last week's rate", true, Monday), new("des10", "WAL runway", "connected; if it went now, it would have 9 d 3 h before it needed a re-sync", true, Monday),
                new("server2", "disk of data, WAL", "1.2 TB of 3 TB free (40 %)", true, Monday)],
        };
    }

    private static SetManifest Sized(SetManifest manifest, long bytes) => manifest with { Databases = [manifest.Databases[0] with { Name = "decam_prd", Bytes = bytes }] };
}
