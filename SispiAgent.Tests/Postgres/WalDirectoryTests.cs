using SispiAgent.Postgres;

namespace SispiAgent.Tests.Postgres;

internal sealed class WalDirectoryTests
{
    private static readonly WalLayout Before93 = new(90000, WalLayout.UsualSegmentBytes);
    private static readonly WalLayout Now = new(150000, WalLayout.UsualSegmentBytes);

    [TestCase("000000010000000000000003", 1, 3)]
    [TestCase("0000000200000001000000FE", 2, 254 + 255)]
    [TestCase("000000010000000200000000", 1, 2 * 255)]
    public void Up_to_9_2_a_log_file_has_255_segments(string name, long timeline, long segment)
    {
        Assert.That(Before93.Parse(name), Is.EqualTo((timeline, segment)));
        Assert.That(Before93.FileName(timeline, segment), Is.EqualTo(name));
    }

    [TestCase("0000000100000001000000FF", 1, 511)]
    [TestCase("000000010000000200000000", 1, 512)]
    public void Later_it_has_256(string name, long timeline, long segment)
    {
        Assert.That(Now.Parse(name), Is.EqualTo((timeline, segment)));
        Assert.That(Now.FileName(timeline, segment), Is.EqualTo(name));
    }

    [Test]
    public void A_cluster_may_have_smaller_segments()
    {
        var layout = new WalLayout(160000, 1 << 20);
        Assert.That(layout.FileName(1, layout.SegmentOf(WalPosition.TryParse("1/2345678")!.Value)), Is.EqualTo("000000010000000100000023"));
        Assert.That(layout.Parse("000000010000000100000023"), Is.EqualTo((1L, 4096L + 0x23)));
    }

    [TestCase("000000010000000000000003.partial")]
    [TestCase("00000002.history")]
    [TestCase("000000010000000000000002.00000028.backup")]
    [TestCase("archive_status")]
    [TestCase("0000000100000000000001FF")]
    public void Other_files_are_no_segments(string name) => Assert.That(Now.Parse(name), Is.Null);

    [Test]
    public void Only_what_is_really_held_counts()
    {
        var position = WalPosition.TryParse("0/7000100")!.Value;
        string[] names = ["000000010000000000000002", "000000010000000000000004", "000000010000000000000005", "000000010000000000000006", "000000010000000000000007", "000000010000000000000008", "000000010000000000000009", "00000002.history"];
        long? Oldest(params string[] files) => WalDirectory.OldestSegment(files, Now, new(1, []), position);

        Assert.That(Oldest(names), Is.EqualTo(4), "8 and 9 are recycled for the future; behind the gap, 2 is of no use");
        Assert.That(Oldest("000000010000000000000008"), Is.Null, "not even the current one");
        Assert.That(Oldest("000000020000000000000006", "000000010000000000000007"), Is.EqualTo(7), "another timeline's");
    }

    [Test]
    public void An_old_timelines_files_count_up_to_the_fork_if_it_is_this_ones_past()
    {
        var history = TimelineHistory.Parse(3, "1\t0/4000060\tno recovery target specified\n\n2\t0/6000028\tno recovery target specified\n", Now);
        string[] names = ["000000010000000000000003", "000000010000000000000004", "000000010000000000000005", "000000020000000000000004", "000000020000000000000005", "000000030000000000000006", "000000030000000000000007"];

        Assert.That(WalDirectory.OldestSegment(names, Now, history, WalPosition.TryParse("0/7000100")!.Value), Is.EqualTo(3));
        Assert.That(WalDirectory.OldestSegment(names.Except(["000000020000000000000005"]), Now, history, WalPosition.TryParse("0/7000100")!.Value), Is.EqualTo(6), "timeline 1's 5 is not of this past");
    }

    [Test]
    public void A_history_names_its_ancestors_and_where_it_left_them_by_position_and_up_to_9_2_by_segment()
    {
        var history = TimelineHistory.Parse(3, "1\t0/4000060\tno recovery target specified\n\n2\t0/6000028\tbefore transaction 7\n", Now);
        Assert.That(history.ForkFrom(2), Is.EqualTo(WalPosition.TryParse("0/6000028")));
        Assert.That(history.ForkFrom(4), Is.Null);
        Assert.Multiple(() =>
        {
            Assert.That(history.Contains(1, WalPosition.TryParse("0/4000060")!.Value, 150000), Is.True);
            Assert.That(history.Contains(1, WalPosition.TryParse("0/4000068")!.Value, 150000), Is.False, "it wrote on behind the fork");
            Assert.That(history.Contains(3, WalPosition.TryParse("0/9000000")!.Value, 150000), Is.True);
            Assert.That(history.Contains(4, WalPosition.TryParse("0/1000000")!.Value, 150000), Is.False, "a larger number is no proof");
        });

        Assert.That(TimelineHistory.Parse(2, "1\t000000010000000000000003\tno recovery target specified\n", Before93).ForkFrom(1), Is.EqualTo(WalPosition.TryParse("0/3000000")));
    }

    [Test]
    public void A_position_is_calculated_with_as_bytes_and_back()
    {
        foreach (var version in new[] { 90000, 90300, 180000 })
            Assert.That(WalPosition.FromBytes(WalPosition.TryParse("3A/FE001234")!.Value.ToBytes(version), version), Is.EqualTo(WalPosition.TryParse("3A/FE001234")));
    }
}
