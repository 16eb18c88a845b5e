namespace SispiAgent.Tests.Support;

internal sealed class SideBySideTests
{
    [Test]
    public async Task A_case_that_is_cancelled_is_no_success()
    {
        var error = await Assert.CatchAsync(() => SideBySide.RunAsync([1, 2], one => one == 1 ? Task.CompletedTask : Task.FromCanceled(new CancellationToken(true))));
        Assert.That(error, Is.InstanceOf<AssertionException>().With.Message.Contains("2: "));
    }
}
