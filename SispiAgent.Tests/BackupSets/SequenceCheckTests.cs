using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class SequenceCheckTests
{
    [TestCase(10, true, 1, 10, ExpectedResult = 0, TestName = "at the column's value")]
    [TestCase(9, true, 1, 10, ExpectedResult = 1, TestName = "behind it")]
    [TestCase(10, false, 1, 10, ExpectedResult = 1, TestName = "about to repeat it")]
    [TestCase(11, false, 1, 10, ExpectedResult = 0, TestName = "about to pass it")]
    [TestCase(-10, true, -1, -10, ExpectedResult = 0, TestName = "downwards at it")]
    [TestCase(-9, true, -1, -10, ExpectedResult = 1, TestName = "downwards behind it")]
    [TestCase(long.MinValue, true, 1, long.MaxValue, ExpectedResult = 1, TestName = "as far behind as can be")]
    public int A_sequence_has_to_be_past_its_column(long value, bool isCalled, long increment, long furthest) => Warnings(new("s", "q", "s.t.id", increment, false, furthest), new("s", "q", value, isCalled));

    [Test]
    public void Nothing_is_said_of_a_cycle_an_empty_column_and_a_value_that_is_not_held()
    {
        Assert.That(Warnings(new("s", "q", "s.t.id", 1, true, 10), new("s", "q", 1, true)), Is.Zero);
        Assert.That(Warnings(new("s", "q", "s.t.id", 1, false, null), new("s", "q", 1, true)), Is.Zero);
        Assert.That(Warnings(new("s", "q", "s.t.id", 1, false, 10), new("s", "other", 1, true)), Is.Zero);
    }

    private static int Warnings(OwnedSequence owned, SetSequence value) => SequenceCheck.Judge([owned], [value]).Count;
}
