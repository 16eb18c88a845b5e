using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Platform;

internal sealed class ReadingPositionTests
{
    [Test]
    public async Task How_far_another_process_has_read_a_file_is_seen()
    {
        Requires.That(Directory.Exists("/proc/self/fdinfo"), "Linux's /proc");
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["dump"], new byte[100_000]);
        var started = new TaskCompletionSource<int>();
        var reading = ToolRunner.RunAsync(
            new ToolCommand("/bin/sh", ["-c", "exec 3<\"$0\"; head -c 40000 <&3 >/dev/null; while [ ! -e \"$0.go\" ]; do sleep 0.05; done", folder["dump"]]) { OnStarted = started.SetResult }, default);
        var process = await started.Task;
        await Eventually.TrueAsync(() => ReadingPosition.Of(process, folder["dump"]) == 40_000, "position");
        Assert.That(ReadingPosition.Of(process, folder["other"]), Is.Null);
        await File.WriteAllTextAsync(folder["dump.go"], "");
        await reading;
        Assert.That(ReadingPosition.Of(process, folder["dump"]), Is.Null);
    }
}
