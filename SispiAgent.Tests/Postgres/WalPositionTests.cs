using SispiAgent.Postgres;

namespace SispiAgent.Tests.Postgres;

internal sealed class WalPositionTests
{
    [TestCase("16/B374D848", "16/B374D848", 150000, 0)]
    [TestCase("1/0", "0/FF000000", 150000, 0x1000000)]
    [TestCase("1/0", "0/FF000000", 90300, 0x1000000)]
    [TestCase("1/0", "0/FEFFFFF8", 90200, 8)]
    [TestCase("2/10", "1/0", 90000, 0xFF000010L)]
    [TestCase("0/10", "0/20", 180000, -16)]
    public void Distances_know_the_segment_that_old_versions_skip(string later, string earlier, int version, long bytes) =>
        Assert.That(WalPosition.TryParse(later)!.Value.BytesSince(WalPosition.TryParse(earlier)!.Value, version), Is.EqualTo(bytes));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0/0")]
    [TestCase("nonsense")]
    [TestCase("1/2/3")]
    [TestCase("1/FFFFFFFFF")]
    public void What_is_no_position_is_none(string? text) => Assert.That(WalPosition.TryParse(text), Is.Null);
}
