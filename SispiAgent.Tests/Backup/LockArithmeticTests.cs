using SispiAgent.Backup;

namespace SispiAgent.Tests.Backup;

internal sealed class LockArithmeticTests
{
    [TestCase(3200, 64, 100, false)]
    [TestCase(3201, 64, 100, true)]
    [TestCase(50_000, 64, 400, true)]
    [TestCase(50_000, 256, 400, false)]
    public void More_than_half_of_the_lock_table_is_refused(long tables, long locks, long connections, bool refused) =>
        Assert.That(LockArithmetic.Refusal(tables, locks, connections) is not null, Is.EqualTo(refused));

    [TestCase(3201, 100)]
    [TestCase(50_000, 400)]
    public void The_remedy_would_do(long tables, long connections) =>
        Assert.That(LockArithmetic.Refusal(tables, LockArithmetic.Enough(tables, connections), connections), Is.Null);
}
