using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class RestoreSlotsTests
{
    [Test]
    public async Task A_slot_that_falls_free_goes_to_the_largest_that_waits_and_of_equal_ones_to_the_first()
    {
        var slots = new RestoreSlots(1);
        await slots.TakeAsync(1, default);
        Assert.That(slots.AreBusy);
        List<string> order = [];
        async Task WaitAsync(string name, long bytes)
        {
            await slots.TakeAsync(bytes, default);
            order.Add(name);
            slots.Give();
        }

        Task[] all = [WaitAsync("small", 1), WaitAsync("large", 9), WaitAsync("middle", 5), WaitAsync("another middle", 5)];
        Assert.That(order, Is.Empty);
        slots.Give();
        await Task.WhenAll(all);
        Assert.That(order, Is.EqualTo(new[] { "large", "middle", "another middle", "small" }));
        Assert.That(slots.AreBusy, Is.False);
    }

    [Test]
    public async Task Who_gives_up_takes_none()
    {
        var slots = new RestoreSlots(1);
        await slots.TakeAsync(1, default);
        using var end = new CancellationTokenSource();
        var waiting = slots.TakeAsync(9, end.Token);
        await end.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await slots.TakeAsync(9, end.Token), Throws.InstanceOf<OperationCanceledException>());
        slots.Give();
        Assert.That(slots.AreBusy, Is.False);
        Assert.That(slots.TakeAsync(1, default).IsCompletedSuccessfully);
    }
}
