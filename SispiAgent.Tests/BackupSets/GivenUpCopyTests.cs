using SispiAgent.BackupSets;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

internal sealed class GivenUpCopyTests
{
    private static DateTimeOffset Now => KeepingHost.Now;

    [Test]
    public async Task Only_marked_old_and_idle_copies_of_other_hosts_are_removed()
    {
        using var folder = new TempFolder();
        MadeSet.Make(folder.Folder, "server2", Now.AddDays(-7));
        MadeSet.Make(folder.Folder, "server3", Now.AddDays(-7));
        var givenUp = await BeginAsync(folder, "server2", Now.AddDays(-14), idleDays: 5);
        string[] stay =
        [
            await BeginAsync(folder, "server2", Now.AddDays(-15), idleDays: 0), // still written to
            await BeginAsync(folder, "server2", Now.AddDays(-1), idleDays: 5), // newer than what is complete
            await BeginAsync(folder, "server3", Now.AddDays(-14), idleDays: 5), // this host's own
            await BeginAsync(folder, "server4", Now.AddDays(-14), idleDays: 5), // nothing complete of that one
            await BeginAsync(folder, "server2", Now.AddDays(-16), idleDays: 5, isMarked: false), // somebody else's
        ];

        Assert.That(ReceivedCopy.RemoveGivenUp(folder.Folder, "server3", Now), Is.EqualTo(new[] { $"server2/{Path.GetFileName(givenUp)}" }));

        Assert.That(Directory.Exists(givenUp), Is.False);
        Assert.That(stay, Has.All.Matches<string>(Directory.Exists));
        Assert.That(SetCatalog.Read(folder.Folder), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_look_expects_the_copy_and_says_that_it_is_not_there()
    {
        using var folder = new TempFolder();
        var verdict = await ReceivedCopy.TakeAsync(folder.Folder, new("server2", SetName.For(Now)) { IsLook = true }, name => name == "server2", default);

        Assert.That(verdict.IsGood, Is.False);
        var partial = Path.Combine(folder.Folder, "server2", SetName.For(Now) + SetName.Partial);
        Assert.That(Directory.GetFiles(partial).Select(Path.GetFileName), Is.EqualTo(new[] { SetName.Mark }));
        await File.WriteAllTextAsync(Path.Combine(partial, "large.bin"), "half");
        await ReceivedCopy.TakeAsync(folder.Folder, new("server2", SetName.For(Now)) { IsLook = true }, name => name == "server2", default);
        Assert.That(File.Exists(Path.Combine(partial, "large.bin")), "a look throws away nothing that the next try goes on with");
    }

    private static async Task<string> BeginAsync(TempFolder folder, string origin, DateTimeOffset time, int idleDays, bool isMarked = true)
    {
        var partial = Path.Combine(folder.Folder, origin, SetName.For(time) + SetName.Partial);
        Directory.CreateDirectory(partial);
        await File.WriteAllTextAsync(Path.Combine(partial, isMarked ? SetName.Mark : "data"), "");
        foreach (var entry in Directory.GetFiles(partial))
            File.SetLastWriteTimeUtc(entry, Now.AddDays(-idleDays).UtcDateTime);
        Directory.SetLastWriteTimeUtc(partial, Now.AddDays(-idleDays).UtcDateTime);
        return partial;
    }
}
