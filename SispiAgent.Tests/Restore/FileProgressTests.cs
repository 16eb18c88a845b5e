using SispiAgent.Processes;
using SispiAgent.Restore;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

internal sealed class FileProgressTests
{
    [TestCase(0, 100, 0)]
    [TestCase(50, 100, 0.5)]
    [TestCase(100, 100, 0.99)]
    [TestCase(1000, 100, 0.99)]
    [TestCase(5, 0, 0.99)]
    public void What_is_read_to_its_end_is_not_yet_done(long position, long length, double expected) => Assert.That(FileProgress.Fraction(position, length), Is.EqualTo(expected));

    [Test]
    public async Task A_program_that_reads_a_dump_is_told_again_and_again()
    {
        Requires.That(Directory.Exists("/proc/self/fdinfo"), "Linux's /proc");
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["dump"], new byte[100_000]);
        var told = new List<RestoreProgress>();
        await using (var watch = new FileProgress(folder["dump"], new("d: dump", "restores 100 kB", 0.05), new Listener(told), TimeProvider.System))
        {
            var reading = ToolRunner.RunAsync(
                new ToolCommand("/bin/sh", ["-c", "exec 3<\"$0\"; head -c 40000 <&3 >/dev/null; while [ ! -e \"$0.go\" ]; do sleep 0.05; done", folder["dump"]]) { OnStarted = watch.Watch }, default);
            await Eventually.TrueAsync(() => Told(told).Contains(new("d: dump", "restores 100 kB", 0.4)), "look at the file");
            await File.WriteAllTextAsync(folder["dump.go"], "");
            await reading;
        }

        Assert.That(Told(told), Has.All.Matches<RestoreProgress>(one => one is { Unit: "d: dump", Step: "restores 100 kB", Fraction: >= 0.05 and < 1 }));
    }

    private static RestoreProgress[] Told(List<RestoreProgress> told)
    {
        lock (told)
            return [.. told];
    }

    private sealed class Listener(List<RestoreProgress> told) : IProgress<RestoreProgress>
    {
        public void Report(RestoreProgress value)
        {
            lock (told)
                told.Add(value);
        }
    }
}
