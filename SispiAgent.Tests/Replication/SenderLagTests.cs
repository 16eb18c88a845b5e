using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class SenderLagTests
{
    private static readonly WalPosition Now = new(1, 0x10000000);

    // sent, written, flushed, replayed: each in MB behind the primary, "-" where only a title tells
    [TestCase("0 0 0 0", 0, "sent 0 bytes, written 0 bytes, flushed 0 bytes, replayed 0 bytes behind", null)]
    [TestCase("0 0 0 0", 3600, "sent 0 bytes, written 0 bytes, flushed 0 bytes, replayed 0 bytes behind", null, Description = "an idle primary: seconds without bytes are none")]
    [TestCase("0 0 0 12", 41, "sent 0 bytes, written 0 bytes, flushed 0 bytes, replayed 12 MB behind (41 s)", true)]
    [TestCase("0 0 0 12", 0, "sent 0 bytes, written 0 bytes, flushed 0 bytes, replayed 12 MB behind", true)]
    [TestCase("90 90 90 100", 0, "sent 90 MB, written 90 MB, flushed 90 MB, replayed 100 MB behind", false)]
    [TestCase("0 90 90 100", 0, "sent 0 bytes, written 90 MB, flushed 90 MB, replayed 100 MB behind", false)]
    [TestCase("0 0 90 100", 0, "sent 0 bytes, written 0 bytes, flushed 90 MB, replayed 100 MB behind", false)]
    [TestCase("100 - - -", 0, "sent 100 MB behind", false, Description = "9.0")]
    [TestCase("- - - -", 0, "how far behind is not known", false)]
    public void Each_part_of_the_way_is_said_in_bytes_and_seconds_only_with_them(string parts, int seconds, string words, bool? hasArrived)
    {
        var at = parts.Split(' ').Select(part => part == "-" ? (WalPosition?)null : WalPosition.FromBytes(Now.ToBytes(150000) - (long.Parse(part, System.Globalization.CultureInfo.InvariantCulture) << 20), 150000)).ToArray();
        var sender = new WalSender(1, "des10", null, "streaming", at[0], at[3]) { Written = at[1], Flushed = at[2], ReplayLag = seconds == 0 ? null : TimeSpan.FromSeconds(seconds) };

        Assert.That(SenderLag.Words(sender, Now, 150000), Is.EqualTo(words));
        if (hasArrived is { } arrived)
            Assert.That(SenderLag.HasArrived(sender, Now, 150000), Is.EqualTo(arrived));
        Assert.That(SenderJudge.Describe(sender, Now, 150000), Is.EqualTo(at[0] is null ? "streaming" : $"streaming, {words}"));
    }

    [TestCase("100 100 100 100", "Most has not even been sent")]
    [TestCase("0 100 100 100", "Most is on its way")]
    [TestCase("0 0 100 100", "It has arrived and is not on des10's disk")]
    [TestCase("0 0 0 100", "On des10: is replay paused")]
    public void The_remedy_begins_where_most_is_held_up(string parts, string begin)
    {
        var at = parts.Split(' ').Select(part => WalPosition.FromBytes(Now.ToBytes(150000) - (long.Parse(part, System.Globalization.CultureInfo.InvariantCulture) << 20), 150000)).ToArray();
        Assert.That(SenderLag.Remedy("des10", new WalSender(1, "des10", null, "streaming", at[0], at[3]) { Written = at[1], Flushed = at[2] }, Now, 150000), Does.StartWith(begin));
    }
}
