using System.Collections.Concurrent;
using SispiAgent.Backup;

namespace SispiAgent.Tests.Backup;

internal sealed class DumpSlotsTests
{
    [Test]
    public async Task After_a_failure_nothing_begins_and_the_failure_is_what_is_told()
    {
        for (var round = 0; round < 200; round++)
        {
            using var slots = new DumpSlots(1);
            var begun = new ConcurrentQueue<int>();
            await Assert.ThatAsync(() => slots.RunAsync([1, 2, 3], async (item, token) =>
            {
                begun.Enqueue(item);
                await Task.Yield();
                throw new IOException("broken");
            }, default), Throws.InstanceOf<IOException>());
            Assert.That(begun, Is.EqualTo(new[] { 1 }));
        }
    }

    [Test]
    public async Task A_failure_ends_the_others_and_waits_for_their_end()
    {
        using var slots = new DumpSlots(3);
        var ended = 0;
        var running = new TaskCompletionSource();
        await Assert.ThatAsync(() => slots.RunAsync([1, 2, 3], async (item, token) =>
        {
            if (item == 3)
            {
                running.SetResult();
                throw new IOException("broken");
            }

            await running.Task;
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }, default), Throws.InstanceOf<IOException>());
        Assert.That(ended, Is.EqualTo(2));
    }

    [Test]
    public async Task A_database_is_prepared_only_when_all_of_the_one_before_has_begun()
    {
        using var slots = new DumpSlots(2);
        var order = new ConcurrentQueue<string>();
        var release = new SemaphoreSlim(0);
        Task RunAsync(string name) => slots.RunInTurnAsync(() =>
        {
            order.Enqueue($"{name} prepared");
            return Task.FromResult<IReadOnlyList<int>>([1, 2, 3]);
        }, async (item, token) =>
        {
            order.Enqueue($"{name} {item}");
            await release.WaitAsync(token);
        }, default);

        var both = Task.WhenAll(RunAsync("a"), RunAsync("b"));
        release.Release(6);
        await both;

        Assert.That(order.TakeWhile(entry => entry != "b prepared"), Is.EqualTo(new[] { "a prepared", "a 1", "a 2", "a 3" }));
        Assert.That(order.SkipWhile(entry => entry != "b prepared"), Is.EqualTo(new[] { "b prepared", "b 1", "b 2", "b 3" }));
    }
}
