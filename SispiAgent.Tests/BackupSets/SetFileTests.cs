using CsCheck;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class SetFileTests
{
    [TestCase("decam_prd", "decam_prd.whole.dump")]
    [TestCase("-Data Base", "=2D=44ata=20=42ase.whole.dump")]
    [TestCase("a/b\n..", "a=2Fb=0A=2E=2E.whole.dump")]
    [TestCase("ñ", "=C3=B1.whole.dump")]
    public void File_names_are_safe(string database, string expected) => Assert.That(SetFileName.Dump(database, "whole"), Is.EqualTo(expected));

    [Test]
    public void Two_names_never_share_a_file() => Gen.Select(Gen.String, Gen.String).Sample((one, other) =>
        Assert.That(SetFileName.Safe(one).Equals(SetFileName.Safe(other), StringComparison.OrdinalIgnoreCase), Is.EqualTo(System.Text.Encoding.UTF8.GetBytes(one).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(other)))));

    [TestCase("20261129T140200Z", true)]
    [TestCase("20261129T140200Z.partial", false)]
    [TestCase("20261329T140200Z", false)]
    [TestCase("../20261129T140200Z", false)]
    [TestCase("weekly", false)]
    public void Only_a_sets_name_is_one(string name, bool isOne) => Assert.That(SetName.TryParse(name) is not null, Is.EqualTo(isOne));

    [Test]
    public void A_name_is_the_moment_in_utc()
    {
        var moment = new DateTimeOffset(2026, 11, 29, 11, 2, 0, TimeSpan.FromHours(-3));
        Assert.That(SetName.For(moment), Is.EqualTo("20261129T140200Z"));
        Assert.That(SetName.TryParse("20261129T140200Z"), Is.EqualTo(moment));
    }
}
