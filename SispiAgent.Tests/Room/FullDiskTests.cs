using SispiAgent.Findings;
using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>Real small file systems, which only root can make.</summary>
[Category("Root")]
internal sealed class FullDiskTests
{
    [Test]
    public async Task A_full_file_system_and_one_without_inodes_are_told()
    {
        using var folder = new TempFolder();
        var disk = Directory.CreateDirectory(folder["raid"]).FullName;
        await ToolRunner.RunToSuccessAsync(new ToolCommand("mount", ["-t", "tmpfs", "-o", "size=4m,nr_inodes=100", "tmpfs", disk]), default);
        try
        {
            Assert.That(Judge(disk), Is.Null);
            Assert.That(VolumeSpace.Of(disk).Id, Is.Not.EqualTo(VolumeSpace.Of("/").Id));

            File.WriteAllBytes(Path.Combine(disk, "big"), new byte[4000 << 10]);
            Assert.That(Judge(disk), Has.Property("Severity").EqualTo(Severity.Critical).And.Property("Summary").EqualTo("a file system runs full"));

            File.Delete(Path.Combine(disk, "big"));
            for (var i = 0; i < 95; i++)
                File.WriteAllText(Path.Combine(disk, $"f{i}"), "");
            Assert.That(Judge(disk), Has.Property("Summary").EqualTo("a file system runs out of inodes"));
        }
        finally
        {
            await ToolRunner.RunAsync(new ToolCommand("umount", [disk]), default);
        }
    }

    private static Finding? Judge(string disk) => SpaceJudge.Judge("server2", new Volume(disk, ["data"], VolumeSpace.Of(disk), null), new RoomOptions());
}
